import type { GateioMutation } from './gateio-mutation.js'

/** Ways in which the emulation is broken: an adapter that is right may not be blamed. */
export const emulationMutations: readonly GateioMutation[] = [
  {
    name: 'the emulation is of another exchange',
    check: 'definition.emulation-is-of-it',
    file: 'testing/venue.ts',
    find: "readonly exchange = 'gateio_spot'",
    replace: "readonly exchange = 'gateio'",
  },
  {
    name: 'the emulation pushes the volume of another day',
    check: 'payload.ticker-is-true',
    file: 'testing/feeds/ticker.ts',
    find: 'base_volume: baseVolume,',
    replace: "base_volume: '1234567.125',",
  },
  {
    name: 'the emulation pushes candles that close where they opened',
    check: 'payload.candles-are-true',
    file: 'testing/feeds/candles.ts',
    find: 'c: candle.close,\n    h: candle.high,',
    replace: 'c: candle.open,\n    h: candle.high,',
  },
  {
    name: 'the emulation pushes quotes with a size that is not there',
    check: 'payload.quotes-are-true',
    file: 'testing/feeds/book-ticker.ts',
    find: 's: wireNameOf(pair), b, B, a, A }',
    replace: "s: wireNameOf(pair), b, B: '777.125', a, A }",
  },
  {
    name: 'the emulation pushes candles with the volume of all time',
    check: 'payload.candles-are-true',
    file: 'testing/feeds/candles.ts',
    find: 'a: candle.baseVolume,',
    replace: "a: '9876543.21',",
  },
  {
    name: 'the emulation pushes the highest price of another market',
    check: 'payload.ticker-is-true',
    file: 'testing/feeds/ticker.ts',
    find: 'high_24h: high,',
    replace: "high_24h: '9876543.5',",
  },
  {
    name: 'the emulation doubles the sizes of book changes',
    check: 'payload.deltas-are-true',
    file: 'testing/feeds/diff-batch.ts',
    find: '} else if (side.touched.has(price)) diff.push([price, size])',
    replace: '} else if (side.touched.has(price)) diff.push([price, String(Number((Number(size) * 2).toFixed(8)))])',
  },
  {
    name: 'the emulation begins each book change one id too late',
    check: 'book.true-at-every-stop',
    file: 'testing/feeds/orderbook.ts',
    find: '...common(time), U: firstId, u: lastId, b: bids, a: asks }',
    replace: '...common(time), U: firstId + 1, u: lastId, b: bids, a: asks }',
  },
  {
    name: 'the emulation swaps the sides of trades',
    check: 'payload.trades-are-true',
    file: 'testing/feeds/trades.ts',
    find: 'side: event.side,',
    replace: "side: event.side === 'buy' ? 'sell' : 'buy',",
  },
  {
    name: 'the emulation doubles the sizes of trades',
    check: 'payload.trades-are-true',
    file: 'testing/feeds/trades.ts',
    find: 'amount: padded(event.size),',
    replace: 'amount: padded(String(Number((Number(event.size) * 2).toFixed(8)))),',
  },
  {
    name: 'the emulation acknowledges with the id of the next request',
    check: 'acknowledgement.answers-settle',
    file: 'testing/replies.ts',
    find: '    id: request.id,\n    conn_id',
    replace: '    id: request.id === undefined ? undefined : request.id + 1,\n    conn_id',
  },
  {
    name: 'the emulation answers no ping',
    check: 'heartbeat.hour-of-quiet',
    file: 'testing/session.ts',
    find: "if (request.channel === 'spot.ping') this.#pong()",
    replace: "if (request.channel === 'spot.ping') return",
  },
  {
    name: 'the emulation tells no balance of one asset',
    check: 'account.told-in-full',
    file: 'testing/account/account-pushes.ts',
    find: "if (event.kind === 'balance') return {",
    replace:
      "if (event.kind === 'balance' && event.asset === 'USDT') return null\n  if (event.kind === 'balance') return {",
  },
  {
    name: 'the emulation tells another price of a fill',
    check: 'payload.executions-are-true',
    file: 'testing/account/account-pushes.ts',
    find: '    price: fill.price,\n    fee',
    replace: "    price: '31337.25',\n    fee",
  },
  {
    name: 'the emulation answers for a book with the first that it gave',
    check: 'book.skipped-update',
    file: 'testing/rest/market-endpoints.ts',
    find: "const { lastId, bids, asks, time } = this.books.take(pair, fault === 'empty' ? 0 : limit)",
    replace: `const kept = ((this.books as { kept?: Map<unknown, never> }).kept ??= new Map())
    if (!kept.has(pair)) kept.set(pair, this.books.take(pair, limit) as never)
    const { lastId, bids, asks, time } = kept.get(pair) as never`,
  },
]
