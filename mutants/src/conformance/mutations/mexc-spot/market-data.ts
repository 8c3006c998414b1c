import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Trades, quotes, tickers and candles that say something else than MEXC does. */
export const marketDataMutations: readonly AdapterMutation[] = [
  ...inFile('spot/parsers/trades.ts', [
    {
      name: 'price and size of a trade are swapped',
      check: 'payload.trades-are-true',
      find: 'const price = deal.number(slots.price)\n  const size = deal.number(slots.quantity)',
      replace: 'const price = deal.number(slots.quantity)\n  const size = deal.number(slots.price)',
    },
    {
      name: 'the side of a trade is the maker’s',
      check: 'payload.trades-are-true',
      find: 'const side = sideOf(tradeType)',
      replace: 'const side = sideOf(3 - tradeType)',
    },
    {
      name: 'the time of a trade is in seconds',
      check: 'payload.trades-are-true',
      find: 'time: timeOf(deal.number(slots.time))',
      replace: 'time: Math.floor(deal.number(slots.time) / 1000)',
    },
    {
      name: 'a trade has the time of its push',
      check: 'payload.trades-are-true',
      find: 'const trade = readDeal()',
      replace:
        "const trade = readDeal()\n      if (typeof trade !== 'string') Object.assign(trade, { time: push.exchangeTime })",
    },
    {
      name: 'of several trades only the first is told',
      check: 'payload.trades-come-once',
      find: 'index < count; index += 1',
      replace: 'index < 1; index += 1',
    },
    {
      name: 'trades of one push are told newest first',
      check: 'payload.trades-come-once',
      find: 'trades.push(trade)',
      replace: 'trades.unshift(trade)',
    },
    {
      name: 'of a trade’s id only the first half is told',
      check: 'payload.trade-ids-as-sent',
      find: 'deal.textOrNull(slots.tradeId)',
      replace: "deal.textOrNull(slots.tradeId)?.split('_')[0] ?? null",
    },
    {
      name: 'the id of a trade goes through a number',
      check: 'payload.trade-ids',
      find: 'deal.textOrNull(slots.tradeId)',
      replace: "String(Number.parseInt(deal.textOrNull(slots.tradeId) ?? '', 10))",
    },
    {
      name: 'the time of a push of trades is that of this machine',
      check: 'options.env-is-the-only-door',
      find: 'trades, push.exchangeTime,',
      replace: 'trades, Date.now(),',
    },
    {
      name: 'a push of trades has no time of the exchange, but that of its receipt',
      check: 'payload.exchange-times',
      find: 'trades, push.exchangeTime, push.receivedAt,',
      replace: 'trades, push.receivedAt + 1, push.receivedAt,',
    },
  ]),
  ...inFile('spot/parsers/book-ticker.ts', [
    {
      name: 'bid and ask of a quote are swapped',
      check: 'payload.quotes-are-true',
      find: 'const bidPrice = shape.numberOrNull(slots.bidPrice)\n  const askPrice = shape.numberOrNull(slots.askPrice)',
      replace:
        'const bidPrice = shape.numberOrNull(slots.askPrice)\n  const askPrice = shape.numberOrNull(slots.bidPrice)',
    },
    {
      name: 'the sizes of a quote are swapped',
      check: 'payload.quotes-are-true',
      find: 'bidSize: shape.numberOrNull(slots.bidQuantity)',
      replace: 'bidSize: shape.numberOrNull(slots.askQuantity)',
    },
    {
      name: 'of a batch of quotes only the first is told',
      check: 'payload.quotes-move',
      find: 'index < count; index += 1',
      replace: 'index < 1; index += 1',
    },
  ]),
  ...inFile('spot/parsers/ticker.ts', [
    {
      name: 'the volumes of a ticker are swapped',
      check: 'payload.ticker-is-true',
      find: 'baseVolume: miniTicker.numberOrNull(slots.quantity),\n    quoteVolume: miniTicker.numberOrNull(slots.volume)',
      replace:
        'baseVolume: miniTicker.numberOrNull(slots.volume),\n    quoteVolume: miniTicker.numberOrNull(slots.quantity)',
    },
    {
      name: 'high and low of a ticker are swapped',
      check: 'payload.values-that-can-be-together',
      find: 'high: miniTicker.numberOrNull(slots.high),\n    low: miniTicker.numberOrNull(slots.low)',
      replace: 'high: miniTicker.numberOrNull(slots.low),\n    low: miniTicker.numberOrNull(slots.high)',
    },
    {
      name: 'the change of a ticker is told in percent',
      check: 'payload.ticker-change-is-a-fraction',
      find: 'change: miniTicker.numberOrNull(slots.zonedRate) ??',
      replace: 'change: 100 * (miniTicker.numberOrNull(slots.zonedRate) ?? Number.NaN) ||',
    },
    {
      name: 'the high of a ticker is left out',
      check: 'payload.nothing-sent-is-left-out',
      find: 'high: miniTicker.numberOrNull(slots.high)',
      replace: 'high: null',
    },
    {
      name: 'of the tickers of all instruments only the first is told',
      check: 'payload.every-channel-is-told',
      find: 'index < count; index += 1',
      replace: 'index < 1; index += 1',
    },
  ]),
  ...inFile('spot/parsers/candles.ts', [
    {
      name: 'the opening time of a candle is left in seconds',
      check: 'payload.candle-windows',
      find: 'timeOfSeconds(kline.number(slots.windowStart))',
      replace: 'kline.number(slots.windowStart)',
    },
    {
      name: 'the opening time of a candle is its end',
      check: 'payload.candle-windows',
      find: 'timeOfSeconds(kline.number(slots.windowStart))',
      replace: 'timeOfSeconds(kline.number(slots.windowEnd))',
    },
    {
      name: 'every candle is told as closed',
      check: 'payload.candles-close',
      find: 'closed: null',
      replace: 'closed: true',
    },
    {
      name: 'open and close of a candle are swapped',
      check: 'payload.candles-are-true',
      find: 'const open = kline.number(slots.openingPrice)',
      replace: 'const open = kline.number(slots.closingPrice)',
    },
    {
      name: 'the volumes of a candle are swapped',
      check: 'payload.candles-are-true',
      find: 'baseVolume: kline.numberOrNull(slots.volume),\n      quoteVolume: kline.numberOrNull(slots.amount)',
      replace: 'baseVolume: kline.numberOrNull(slots.amount),\n      quoteVolume: kline.numberOrNull(slots.volume)',
    },
    {
      name: 'every candle is told as one of a minute',
      check: 'payload.candles-of-every-width',
      find: 'const data = {\n      interval,',
      replace: "const data = {\n      interval: '1m',",
    },
    {
      name: 'a candle without volumes has no fields for them',
      check: 'payload.fields-and-kinds',
      find: 'quoteVolume: kline.numberOrNull(slots.amount)',
      replace: 'quoteVolume: kline.numberOrNull(slots.amount) ?? undefined, window: kline.number(slots.windowEnd)',
    },
  ]),
  ...inFile('spot/channels.ts', [
    {
      name: 'two candle widths have each other’s name',
      check: 'payload.candle-windows',
      find: "'4h': 'Hour4',\n  '8h': 'Hour8'",
      replace: "'4h': 'Hour8',\n  '8h': 'Hour4'",
    },
  ]),
]
