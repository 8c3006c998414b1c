import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Streams that are planned, named or asked for in a wrong way, and answers that are taken for others. */
export const subscriptionMutations: readonly AdapterMutation[] = [
  ...inFile('spot/subscription.ts', [
    {
      name: 'another stream object for each plan',
      check: 'plan.same-objects',
      find: 'return this.#streams.plan(request)',
      replace: 'return this.#streams.plan(request).map((stream) => ({ ...stream }))',
    },
    {
      name: 'a channel that is not there is planned, with no streams',
      check: 'plan.unsupported-channel-refused',
      find: 'assertChannel(request.channel, this.#channels)',
      replace: '',
    },
    {
      name: 'the instruments of a request are sorted where they are',
      check: 'plan.request-left-as-it-is',
      find: 'return this.#streams.plan(request)',
      replace: 'request.instruments.reverse()\n    return this.#streams.plan(request)',
    },
    {
      name: 'no unsubscribe is sent',
      check: 'subscription.unsubscribed-is-gone',
      find: 'return batchStreams(streams).map(',
      replace: "if (action === 'unsubscribe') return []\n    return batchStreams(streams).map(",
    },
    {
      name: 'only the first message is sent',
      check: 'subscription.each-stream-once',
      find: 'return batchStreams(streams).map(',
      replace: 'return batchStreams(streams).slice(0, 1).map(',
    },
    {
      name: 'the streams of a request are sorted where they are',
      check: 'subscription.pure',
      find: 'return batchStreams(streams).map(',
      replace: 'streams.reverse()\n    return batchStreams(streams).map(',
    },
    {
      name: 'a request of the user’s own has no id',
      check: 'subscription.own-requests',
      find: 'return requestWithId(payload, requestId)',
      replace: 'return JSON.stringify(payload)',
    },
    {
      name: 'a request of the user’s own is changed',
      check: 'subscription.own-requests',
      find: 'return requestWithId(payload, requestId)',
      replace: 'Object.assign(payload, { id: requestId })\n    return JSON.stringify(payload)',
    },
  ]),
  ...inFile('spot/requests.ts', [
    {
      name: 'an unsubscribe asks for the streams again',
      check: 'subscription.unsubscribed-is-gone',
      find: "unsubscribe: 'UNSUBSCRIPTION'",
      replace: "unsubscribe: 'SUBSCRIPTION'",
    },
    {
      name: 'the methods are written as other exchanges have them',
      check: 'subscription.all-accepted',
      find: "subscribe: 'SUBSCRIPTION', unsubscribe",
      replace: "subscribe: 'SUBSCRIBE', unsubscribe",
    },
    {
      name: 'the last stream of a request stands in the next one too',
      check: 'subscription.each-stream-once',
      find: 'batch = []\n      size = 0',
      replace: 'batch = batch.slice(-1)\n      size = 0',
    },
    {
      name: 'the stream that no longer fits is left out',
      check: 'subscription.each-stream-once',
      find: 'batch = []\n      size = 0',
      replace: 'batch = []\n      size = 0\n      continue',
    },
    {
      name: 'the last requests are not sent where they are not full',
      check: 'subscription.each-stream-once',
      find: 'return batch.length === 0 ? full : [...full, batch]',
      replace: 'return full.length === 0 ? [batch] : full',
    },
    {
      name: 'no stream means an empty message',
      check: 'subscription.nothing-for-nothing',
      find: 'return batch.length === 0 ? full : [...full, batch]',
      replace: 'return [...full, batch]',
    },
    {
      name: 'every request has the id 1',
      check: 'subscription.ids-of-the-context',
      find: 'const requestId = context.nextRequestId()',
      replace: 'const requestId = 1',
    },
    {
      name: 'requests have an id one higher than the context gives',
      check: 'subscription.ids-of-the-context',
      find: 'const requestId = context.nextRequestId()',
      replace: 'const requestId = context.nextRequestId() + 1',
    },
    {
      name: 'the id of a request is not sent',
      check: 'subscription.id-is-sent',
      find: 'JSON.stringify({ ...request, id: requestId })',
      replace: 'JSON.stringify({ ...request })',
    },
    {
      name: 'a message is an unsubscribe, whatever it does',
      check: 'subscription.message-form',
      find: 'return { payload, action, requestId,',
      replace: "return { payload, action: 'unsubscribe', requestId,",
    },
    {
      name: 'a message is on no wire channel',
      check: 'subscription.message-form',
      find: 'wireChannel: methods[action], streams }',
      replace: "wireChannel: '', streams }",
    },
    {
      name: 'every request asks for the same',
      check: 'subscription.other-streams-other-message',
      find: 'params: streams.map(({ id }) => id)',
      replace: 'params: streams.map(({ wireChannel }) => wireChannel)',
    },
  ]),
  ...inFile('spot/streams.ts', [
    {
      name: 'on the stream of all markets two may be spelt alike',
      check: 'symbols.alike-on-one-stream',
      find: '    this.symbols.register(instruments, wireSymbolOf)\n',
      replace:
        "    for (const instrument of channel === 'ticker' ? instruments : []) {\n      try {\n        this.symbols.register([instrument], wireSymbolOf)\n      } catch {}\n    }\n    if (channel !== 'ticker') this.symbols.register(instruments, wireSymbolOf)\n",
    },
    {
      name: 'a plan has a stream as often as it is named',
      check: 'plan.no-duplicates',
      find: 'return [...new Set(streams)]',
      replace: 'return streams',
    },
    {
      name: 'ids of streams are made up anew in each set',
      check: 'plan.stable-ids',
      find: 'return { id, channels: [channel]',
      replace: 'return { id: `${id}#${performance.now()}`, channels: [channel]',
    },
    {
      name: 'all candle widths of an instrument have one id',
      check: 'plan.candle-widths',
      find: 'const id = streamId(wireChannel, wireSymbol, argument)',
      replace: "const id = streamId(wireChannel, wireSymbol, channel === 'candles' ? 'Min1' : argument)",
    },
    {
      name: 'a stream says the exchange’s name of its candle width',
      check: 'plan.candle-widths',
      find: "ofEach('candles', wireChannels.kline, argument, { interval: width })",
      replace: "ofEach('candles', wireChannels.kline, argument, { interval: argument })",
    },
    {
      name: 'the option with the candle widths is not looked at',
      check: 'plan.usual-candle-widths',
      find: 'usual: options.candleIntervals',
      replace: "usual: ['1m']",
    },
    {
      name: 'a stream says that it feeds another channel',
      check: 'plan.covers-what-was-asked',
      find: "ofEach('trades', wireChannels.aggreDeals",
      replace: "ofEach('ticker', wireChannels.aggreDeals",
    },
    {
      name: 'where no instrument is named there are no streams',
      check: 'plan.without-instruments',
      find: 'return [...new Set(streams)]',
      replace: 'return instruments.length === 0 ? [] : [...new Set(streams)]',
    },
    {
      name: 'of several instruments the last is not planned',
      check: 'plan.covers-what-was-asked',
      find: 'instruments.map((instrument) => backing.planned(instrument))',
      replace:
        'instruments.slice(0, Math.max(1, instruments.length - 1)).map((instrument) => backing.planned(instrument))',
    },
  ]),
  ...inFile('spot/symbols.ts', [
    {
      name: 'symbols are written in lower case',
      check: 'subscription.all-accepted',
      find: 'const wireSymbol = `${base}${quote}`',
      replace: 'const wireSymbol = `${base}${quote}`.toLowerCase()',
    },
    {
      name: 'symbols are written with a separator',
      check: 'subscription.all-accepted',
      find: 'const wireSymbol = `${base}${quote}`',
      replace: 'const wireSymbol = `${base}_${quote}`',
    },
    {
      name: 'symbols lose what is not a letter of ours',
      check: 'symbols.letters-kept',
      find: 'const wireSymbol = `${base}${quote}`',
      replace: "const wireSymbol = `${base}${quote}`.replace(/[^A-Z0-9]/g, '')",
    },
    {
      name: 'a perpetual is asked for as the spot instrument',
      check: 'symbols.other-kind-refused',
      find: "if (kind !== 'spot') {",
      replace: "if (kind === 'option') {",
    },
  ]),
  ...inFile('spot/listing.ts', [
    {
      name: 'the first instrument of the list is left out',
      check: 'symbols.listing-is-whole',
      find: 'const listings = symbols.map(',
      replace: 'const listings = symbols.slice(1).map(',
    },
    {
      name: 'base and quote of listed instruments are swapped',
      check: 'symbols.listing-spells-alike',
      find: 'tradingPair(baseAsset, quoteAsset)',
      replace: 'tradingPair(quoteAsset, baseAsset)',
    },
    {
      name: 'the list spells symbols in lower case',
      check: 'symbols.listing-spells-alike',
      find: 'wireSymbol: symbol,',
      replace: 'wireSymbol: symbol.toLowerCase(),',
    },
    {
      name: 'steps of the list are numbers of digits',
      check: 'symbols.listing-amounts',
      find: 'priceStep: decimalStep(row.quotePrecision)',
      replace: 'priceStep: row.quotePrecision',
    },
    {
      name: 'the list is asked for past the environment',
      check: 'options.env-is-the-only-door',
      find: 'const { symbols } = (body ?? {}) as { symbols?: unknown }',
      replace:
        'const { symbols } = (body ?? {}) as { symbols?: unknown }\n  await fetch(`${restUrl}/api/v3/ping`).catch(() => {})',
    },
  ]),
  ...inFile('spot/parsers/control.ts', [
    {
      name: 'a stream that is refused is taken for accepted',
      check: 'acknowledgement.one-of-many-refused',
      find: 'accepted: listAfter(msg, acceptance + acceptedMark.length), rejected, others: notMentioned }',
      replace:
        'accepted: [...listAfter(msg, acceptance + acceptedMark.length), ...rejected.map(({ streamId }) => streamId)], rejected: [], others: notMentioned }',
    },
    {
      name: 'the refusal of one stream is taken for all of its request',
      check: 'acknowledgement.one-of-many-refused',
      find: 'accepted: listAfter(msg, acceptance + acceptedMark.length), rejected, others: notMentioned }',
      replace: 'accepted: [], rejected: [], others: refusalOf(exchangeCode, reason) }',
    },
    {
      name: 'where all are refused nothing is',
      check: 'acknowledgement.all-refused',
      find: "return { accepted: [], rejected, others: rejected.length === 0 ? 'accepted' : notMentioned }",
      replace: "return { accepted: [], rejected: [], others: 'accepted' }",
    },
    {
      name: 'an answer is matched to the request after its own',
      check: 'acknowledgement.answers-settle',
      find: '&& Number(number) > 0 ? Number(number) : null',
      replace: '&& Number(number) > 0 ? Number(number) + 1 : null',
    },
    {
      name: 'an answer to an unsubscribe is data of nobody',
      check: 'acknowledgement.answers-settle',
      find: 'if (verdict !== null) return confirmMessage(receivedAt, { requestId, ...verdict })',
      replace: "if (verdict !== null) return otherMessage(receivedAt, null, 'an answer')",
    },
  ]),
]
