import type { GateioMutation } from './gateio-mutation.js'

const definition = 'spot/definition.ts'
const options = 'spot/options.ts'
const listing = 'spot/listing.ts'

/** Options, limits and lists that are not what they say. */
export const definitionMutations: readonly GateioMutation[] = [
  {
    name: 'the address of the socket is always the exchange’s own',
    check: 'options.url-honoured',
    file: options,
    find: 'url: url ?? gateioSpotEndpoints.url,',
    replace: 'url: gateioSpotEndpoints.url,',
  },
  {
    name: 'the address of REST is always the exchange’s own',
    check: 'options.rest-url-honoured',
    file: options,
    find: 'restUrl: restUrl ?? gateioSpotEndpoints.restUrl,',
    replace: 'restUrl: gateioSpotEndpoints.restUrl,',
  },
  {
    name: 'the settings of the socket are dropped',
    check: 'options.socket-honoured',
    file: options,
    find: 'socket: socket ?? null,',
    replace: 'socket: null,',
  },
  {
    name: 'options are not looked at',
    check: 'options.unknown-refused',
    file: options,
    find: 'const given = checkPublicOptions(options)',
    replace: 'const given = options ?? {}',
  },
  {
    name: 'defaults are written into the options that were given',
    check: 'options.not-changed',
    file: options,
    find: 'const given = checkPublicOptions(options)',
    replace:
      'const given = checkPublicOptions(options)\n  if (options !== undefined) Object.assign(options, { ...defaultPublicOptions, ...options })',
  },
  {
    name: 'all sets have the options of the last one',
    check: 'options.sets-do-not-share-them',
    file: options,
    find: 'return { ...defaultPublicOptions, ...given, ...resolveEndpoint(given) }',
    replace: 'return Object.assign(defaultPublicOptions, given, resolveEndpoint(given))',
  },
  {
    name: 'a set is of an earlier contract',
    check: 'definition.contract',
    file: definition,
    find: 'contract: 2,\n      exchange: name,\n      connectionStrategy: new GateioSpotConnection(resolved),',
    replace: 'contract: 1 as 2,\n      exchange: name,\n      connectionStrategy: new GateioSpotConnection(resolved),',
  },
  {
    name: 'no message a second may be sent',
    check: 'definition.limits',
    file: definition,
    find: 'clientMessagesPerSecond: 300,',
    replace: 'clientMessagesPerSecond: 0,',
  },
  {
    name: 'a limit is text',
    check: 'definition.limits',
    file: definition,
    find: 'clientMessagesPerSecond: 300,',
    replace: "clientMessagesPerSecond: '300' as unknown as 300,",
  },
  {
    name: 'a set has other limits than its definition',
    check: 'definition.set-says-the-same',
    file: definition,
    find: 'bookRules: gateioSpotBookRules(resolved),\n      backfill: gateioSpotBackfill(resolved),\n      limits,',
    replace:
      'bookRules: gateioSpotBookRules(resolved),\n      backfill: gateioSpotBackfill(resolved),\n      limits: { ...limits, streamsPerConnection: 200 },',
  },
  {
    name: 'the title is the name',
    check: 'definition.title',
    file: definition,
    find: "title: 'Gate.io spot',",
    replace: 'title: name,',
  },
  {
    name: 'the list is fetched past env',
    check: 'options.env-is-the-only-door',
    file: listing,
    find: 'const { body } = await callRest({ url: `${restUrl}/spot/currency_pairs` }, gateioRest, env)',
    replace: 'const body: unknown = await (await fetch(`${restUrl}/spot/currency_pairs`)).json()',
  },
  {
    name: 'the list spells pairs without their separator',
    check: 'symbols.listing-spells-alike',
    file: listing,
    find: 'wireSymbol: id,',
    replace: 'wireSymbol: `${base}${quote}`,',
  },
  {
    name: 'every second pair of the list is left out',
    check: 'symbols.listing-is-whole',
    file: listing,
    find: 'const listings = body.map((row) => ',
    replace: 'const listings = body.slice(1).map((row) => ',
  },
  {
    name: 'the steps of the list are numbers',
    check: 'symbols.listing-amounts',
    file: listing,
    find: 'priceStep: decimalStep(row.precision),',
    replace: 'priceStep: row.precision as string,',
  },
]
