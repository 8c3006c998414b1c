import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Limits, options and sets of strategies that are not what they say. */
export const definitionMutations: readonly AdapterMutation[] = [
  ...inFile('spot/definition.ts', [
    {
      name: 'one stream too many a connection',
      check: 'definition.streams-per-connection-kept',
      find: 'streamsPerConnection: 30,\n  streamHeadroom: 2',
      replace: 'streamsPerConnection: 31,\n  streamHeadroom: 0',
    },
    {
      name: 'no limit of streams is known',
      check: 'definition.streams-as-the-exchange-has-it',
      find: 'streamsPerConnection: 30,',
      replace: 'streamsPerConnection: Number.POSITIVE_INFINITY,',
    },
    {
      name: 'more messages a second than the exchange takes',
      check: 'definition.client-messages-as-the-exchange-has-it',
      find: 'clientMessagesPerSecond: 80',
      replace: 'clientMessagesPerSecond: 120',
    },
    {
      name: 'a limit is a text',
      check: 'definition.limits',
      find: 'streamsPerConnection: 30,',
      replace: "streamsPerConnection: '30',",
    },
    {
      name: 'a limit is zero',
      check: 'definition.limits',
      find: 'clientMessagesPerSecond: 80',
      replace: 'clientMessagesPerSecond: 0',
    },
    {
      name: 'a set does not name its contract',
      check: 'definition.contract',
      find: 'contract: 2,\n      exchange: name,\n      connectionStrategy: new MexcSpotConnection(url)',
      replace: 'exchange: name,\n      connectionStrategy: new MexcSpotConnection(url)',
    },
    {
      name: 'a set names another exchange',
      check: 'definition.set-says-the-same',
      find: 'contract: 2,\n      exchange: name,\n      connectionStrategy: new MexcSpotConnection(url)',
      replace: "contract: 2,\n      exchange: 'mexc',\n      connectionStrategy: new MexcSpotConnection(url)",
    },
    {
      name: 'the address of an option is not used',
      check: 'options.url-honoured',
      find: 'new MexcSpotConnection(url)',
      replace: 'new MexcSpotConnection(mexcSpotEndpoints.url)',
    },
    {
      name: 'the REST address of an option is not used for the account',
      check: 'options.rest-url-honoured',
      find: 'new SignedRest({ restUrl, signer',
      replace: 'new SignedRest({ restUrl: mexcSpotEndpoints.restUrl, signer',
    },
    {
      name: 'the socket options are not handed on',
      check: 'options.socket-honoured',
      find: 'backfill: mexcSpotBackfill(resolved),\n      limits,\n      socket',
      replace: 'backfill: mexcSpotBackfill(resolved),\n      limits,\n      socket: null',
    },
    {
      name: 'credentials of any kind are taken',
      check: 'definition.private-needs-credentials',
      find: 'const signer = signerOf(credentials)',
      replace: "const signer = signerOf({ apiKey: 'none', apiSecret: 'none', ...credentials })",
    },
  ]),
  ...inFile('spot/channels.ts', [
    {
      name: 'a channel says how it is known in a word of its own',
      check: 'definition.evidence',
      find: "wireChannel: wireChannels.kline.name, evidence: 'recorded'",
      replace: "wireChannel: wireChannels.kline.name, evidence: 'seen'",
    },
    {
      name: 'a channel has no wire channel',
      check: 'definition.wire-channels',
      find: 'wireChannel: wireChannels.kline.name',
      replace: "wireChannel: ''",
    },
    {
      name: 'a channel is declared under the exchange’s name of it',
      check: 'definition.channels-are-ours',
      find: "channel: 'candles', wireChannel",
      replace: "channel: 'kline', wireChannel",
    },
  ]),
  ...inFile('spot/options.ts', [
    {
      name: 'the usual address is without encryption',
      check: 'definition.endpoints',
      find: "url: 'wss://wbs-api.mexc.com/ws'",
      replace: "url: 'ws://wbs-api.mexc.com/ws'",
    },
    {
      name: 'options that do not exist are taken',
      check: 'options.unknown-refused',
      find: 'const given = checkPublicOptions(options)',
      replace: 'const given = options ?? {}',
    },
    {
      name: 'options of the account that do not exist are taken',
      check: 'options.unknown-refused',
      find: 'const given = checkPrivateOptions(options)',
      replace: 'const given = { ...options }',
    },
    {
      name: 'an option that is undefined is taken for given',
      check: 'options.undefined-is-not-given',
      find: 'return { ...defaultPublicOptions, ...given }',
      replace: 'return { ...defaultPublicOptions, ...given, ...(options ?? {}) }',
    },
    {
      name: 'options are remembered for the next set',
      check: 'options.sets-do-not-share-them',
      find: 'return { ...defaultPublicOptions, ...given }',
      replace: 'return Object.assign((globalThis.lastOptions ??= { ...defaultPublicOptions }), given)',
    },
  ]),
]
