import type { GateioMutation } from './gateio-mutation.js'

const trades = 'spot/parsers/trades.ts'
const candles = 'spot/parsers/candles.ts'
const ticker = 'spot/parsers/ticker.ts'
const bookTicker = 'spot/parsers/book-ticker.ts'

/** Wrong readings of trades, candles, tickers and quotes. */
export const marketDataMutations: readonly GateioMutation[] = [
  {
    name: 'the side of a trade is the maker’s',
    check: 'payload.trades-are-true',
    file: trades,
    find: 'side: sides[shape.choice(slots.side)] as',
    replace: 'side: sides[1 - shape.choice(slots.side)] as',
  },
  {
    name: 'price and size of a trade change places',
    check: 'payload.trades-are-true',
    file: trades,
    find: 'price: shape.number(slots.price),\n      size: shape.number(slots.amount),',
    replace: 'price: shape.number(slots.amount),\n      size: shape.number(slots.price),',
  },
  {
    name: 'the fraction of a millisecond is cut off',
    check: 'payload.trade-time-fractions',
    file: trades,
    find: 'const time = timeOf(shape.number(slots.create_time_ms), ',
    replace: 'const time = timeOf(Math.floor(shape.number(slots.create_time_ms)), ',
  },
  {
    name: 'the second of a trade is taken for a millisecond',
    check: 'payload.values-that-can-be',
    file: trades,
    find: 'const time = timeOf(shape.number(slots.create_time_ms), ',
    replace: 'const time = timeOf(shape.number(slots.create_time), ',
  },
  {
    name: 'the id of a trade goes through a number',
    check: 'parser.ids-of-any-length',
    file: trades,
    find: 'id: shape.text(slots.id),',
    replace: 'id: String(Number(shape.text(slots.id))),',
  },
  {
    name: 'the id of a trade is its range of ids',
    check: 'payload.trade-ids-as-sent',
    file: trades,
    find: 'id: shape.text(slots.id),',
    replace: 'id: shape.text(slots.range) ?? shape.text(slots.id),',
  },
  {
    name: 'trades of those who sell are left out',
    check: 'payload.trades-come-once',
    file: trades,
    find: "return dataMessage<'trades'>(stream, stream.instrument, [trade], ",
    replace: "return dataMessage<'trades'>(stream, stream.instrument, trade.side === 'buy' ? [trade] : [], ",
  },
  {
    name: 'a candle is closed while it runs, and runs once it is closed',
    check: 'payload.candles-close',
    file: candles,
    find: 'closed: shape.flag(slots.w),',
    replace: 'closed: shape.flag(slots.w) === null ? null : !shape.flag(slots.w),',
  },
  {
    name: 'a candle opens at a time in seconds',
    check: 'payload.candle-windows',
    file: candles,
    find: 'const openTime = timeOfSeconds(shape.number(slots.t))',
    replace: 'const openTime = shape.number(slots.t)',
  },
  {
    name: 'the volumes of a candle change places',
    check: 'payload.candles-are-true',
    file: candles,
    find: 'baseVolume: shape.numberOrNull(slots.a),\n      quoteVolume: shape.numberOrNull(slots.v),',
    replace: 'baseVolume: shape.numberOrNull(slots.v),\n      quoteVolume: shape.numberOrNull(slots.a),',
  },
  {
    name: 'open and close of a candle change places',
    check: 'payload.candles-are-true',
    file: candles,
    find: 'open: shape.number(slots.o),',
    replace: 'open: shape.number(slots.c),',
  },
  {
    name: 'every candle is one of a minute',
    check: 'payload.candles-of-every-width',
    file: candles,
    find: 'interval: stream.params.interval as CandleInterval,',
    replace: "interval: '1m' as CandleInterval,",
  },
  {
    name: 'the change of a ticker is left in percent',
    check: 'payload.ticker-change-is-a-fraction',
    file: ticker,
    find: 'change_percentage: optional(percentage),',
    replace: 'change_percentage: optional(decimalOrEmpty),',
  },
  {
    name: 'the volumes of a ticker change places',
    check: 'payload.ticker-is-true',
    file: ticker,
    find: 'baseVolume: shape.numberOrNull(slots.base_volume),\n      quoteVolume: shape.numberOrNull(slots.quote_volume),',
    replace:
      'baseVolume: shape.numberOrNull(slots.quote_volume),\n      quoteVolume: shape.numberOrNull(slots.base_volume),',
  },
  {
    name: 'best bid and best ask of a ticker change places',
    check: 'payload.values-that-can-be-together',
    file: ticker,
    find: 'bidPrice: shape.numberOrNull(slots.highest_bid),\n      askPrice: shape.numberOrNull(slots.lowest_ask),',
    replace: 'bidPrice: shape.numberOrNull(slots.lowest_ask),\n      askPrice: shape.numberOrNull(slots.highest_bid),',
  },
  {
    name: 'the highest price of a ticker is left out',
    check: 'payload.nothing-sent-is-left-out',
    file: ticker,
    find: 'high: shape.numberOrNull(slots.high_24h),',
    replace: 'high: null,',
  },
  {
    name: 'the price of a ticker that is empty text is no number',
    check: 'parser.wrong-kinds-of-values',
    file: ticker,
    find: 'last: shape.numberOrNull(slots.last),',
    replace: 'last: shape.number(slots.last),',
  },
  {
    name: 'the sizes of a quote change places',
    check: 'payload.quotes-are-true',
    file: bookTicker,
    find: 'const data = { bidPrice, bidSize, askPrice, askSize }',
    replace: 'const data = { bidPrice, bidSize: askSize, askPrice, askSize: bidSize }',
  },
  {
    name: 'price and size of a bid change places',
    check: 'payload.quotes-are-true',
    file: bookTicker,
    find: 'const data = { bidPrice, bidSize, askPrice, askSize }',
    replace: 'const data = { bidPrice: bidSize, bidSize: bidPrice, askPrice, askSize }',
  },
  {
    name: 'the second of a push is taken for a millisecond',
    check: 'payload.exchange-times',
    file: 'shared/push.ts',
    find: 'return timeOf(shape.number(time_ms), shape.number(time))',
    replace: 'return timeOf(shape.number(time), shape.number(time_ms))',
  },
]
