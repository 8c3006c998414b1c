import type { GateioMutation } from './gateio-mutation.js'

const requests = 'spot/requests.ts'
const subscription = 'spot/subscription.ts'
const streams = 'spot/streams.ts'
const symbols = 'spot/symbols.ts'
const channels = 'spot/channels.ts'

/** Streams that are planned wrongly, asked for wrongly, or not ended. */
export const requestMutations: readonly GateioMutation[] = [
  {
    name: 'nothing is ever unsubscribed',
    check: 'subscription.unsubscribe-mirrors',
    file: subscription,
    find: 'return batchStreams(streams).map(',
    replace: "return batchStreams(action === 'unsubscribe' ? [] : streams).map(",
  },
  {
    name: 'an unsubscribe says subscribe',
    check: 'subscription.unsubscribed-is-gone',
    file: requests,
    find: '"event":"${action}"',
    replace: '"event":"subscribe"',
  },
  {
    name: 'only the last market of a list is asked for',
    check: 'subscription.exchange-has-what-was-asked',
    file: requests,
    find: "items = items === '' ? item : `${items},${item}`",
    replace: 'items = item',
  },
  {
    name: 'a market that begins a list is in one of its own as well',
    check: 'subscription.each-stream-once',
    file: requests,
    find: 'current.push(stream)\n      continue\n',
    replace: 'current.push(stream)\n',
  },
  {
    name: 'channels without lists are sent lists',
    check: 'subscription.exchange-has-what-was-asked',
    file: channels,
    find: '  wireChannels.trades,\n  wireChannels.bookTicker,\n  wireChannels.tickers,\n  wireChannels.obu,',
    replace:
      '  wireChannels.trades,\n  wireChannels.bookTicker,\n  wireChannels.tickers,\n  wireChannels.orderBookUpdate,\n  wireChannels.obu,',
  },
  {
    name: 'every request has the id 1',
    check: 'subscription.ids-of-the-context',
    file: requests,
    find: 'const requestId = context.nextRequestId()',
    replace: 'const requestId = 1',
  },
  {
    name: 'the id of a request is not sent',
    check: 'subscription.id-is-sent',
    file: requests,
    find: '"id":${requestId},',
    replace: '',
  },
  {
    name: 'a request of the user’s own is changed where it lies',
    check: 'subscription.own-requests',
    file: requests,
    find: "if (request.event !== 'api') return JSON.stringify({ ...request, id: requestId })",
    replace: "if (request.event !== 'api') return JSON.stringify(Object.assign(request, { id: requestId }))",
  },
  {
    name: 'a message says another wire channel than it asks for',
    check: 'subscription.message-form',
    file: requests,
    find: 'return { payload, action, requestId, wireChannel, streams }',
    replace: "return { payload, action, requestId, wireChannel: '', streams }",
  },
  {
    name: 'the width of a candle is asked for behind its market',
    check: 'subscription.all-accepted',
    file: requests,
    find: 'return `"${wireIntervals[params.interval as GateioSpotCandleInterval]}","${wireSymbol}"`',
    replace: 'return `"${wireSymbol}","${wireIntervals[params.interval as GateioSpotCandleInterval]}"`',
  },
  {
    name: 'market data is asked for at a time that is not of env',
    check: 'options.env-is-the-only-door',
    file: subscription,
    find: 'context.clock.wallTime()',
    replace: 'Date.now()',
  },
  {
    name: 'a channel of the account is planned as one of no streams',
    check: 'plan.unsupported-channel-refused',
    file: subscription,
    find: 'assertChannel(request.channel, marketChannels)',
    replace: "if (request.channel === 'orders') return []",
  },
  {
    name: 'an instrument that is named twice is planned twice',
    check: 'plan.no-duplicates',
    file: streams,
    find: '[...new Set(instruments)].flatMap(',
    replace: 'instruments.flatMap(',
  },
  {
    name: 'only the first instrument is planned',
    check: 'plan.covers-what-was-asked',
    file: streams,
    find: '[...new Set(instruments)].flatMap(',
    replace: '[...new Set(instruments)].slice(0, 1).flatMap(',
  },
  {
    name: 'a channel that is declared has no streams',
    check: 'plan.covers-what-was-asked',
    file: streams,
    find: '      ticker: [tickers],\n',
    replace: '',
  },
  {
    name: 'widths of candles do not count in the id of a stream',
    check: 'plan.candle-widths',
    file: channels,
    find: "return [wireChannel, wireSymbol ?? allMarkets, ...params].join(':')",
    replace: "return [wireChannel, wireSymbol ?? allMarkets, ...params.slice(1)].join(':')",
  },
  {
    name: 'ids are made by chance',
    check: 'plan.stable-ids',
    file: channels,
    find: "return [wireChannel, wireSymbol ?? allMarkets, ...params].join(':')",
    replace: "return [wireChannel, wireSymbol ?? allMarkets, ...params, Math.random()].join(':')",
  },
  {
    name: 'a width is called as the exchange calls it elsewhere',
    check: 'payload.streams-begin',
    file: channels,
    find: "'1w': '7d',",
    replace: "'1w': '1w',",
  },
  {
    name: 'symbols are in small letters',
    check: 'subscription.all-accepted',
    file: symbols,
    find: 'return `${base}${separator}${quote}` as WireSymbol',
    replace: 'return `${base}${separator}${quote}`.toLowerCase() as WireSymbol',
  },
  {
    name: 'assets are turned into capitals',
    check: 'symbols.letters-kept',
    file: symbols,
    find: 'return `${base}${separator}${quote}` as WireSymbol',
    replace: 'return `${base}${separator}${quote}`.toUpperCase() as WireSymbol',
  },
  {
    name: 'what is no spot pair is asked for as one',
    check: 'symbols.other-kind-refused',
    file: symbols,
    find: "if (kind !== 'spot') {",
    replace: "if (kind === ('none' as string)) {",
  },
  {
    name: 'base and quote are read the wrong way round',
    check: 'symbols.read-back',
    file: symbols,
    find: 'return tradingPair(base, quote)',
    replace: 'return tradingPair(quote, base)',
  },
]
