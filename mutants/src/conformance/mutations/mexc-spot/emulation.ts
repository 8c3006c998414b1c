import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** An emulation that contradicts its own market: the adapter is right, and must not be blamed. */
export const emulationMutations: readonly AdapterMutation[] = [
  ...inFile('testing/feeds/ticker.ts', [
    {
      name: 'the emulation swaps the volumes of a ticker',
      check: 'payload.ticker-is-true',
      find: 'volume: quoteVolume,\n    quantity: baseVolume',
      replace: 'volume: baseVolume,\n    quantity: quoteVolume',
    },
  ]),
  ...inFile('testing/feeds/candles.ts', [
    {
      name: 'the emulation has one volume of a candle in the place of both',
      check: 'payload.candles-are-true',
      find: 'volume: candle.baseVolume',
      replace: 'volume: candle.quoteVolume',
    },
  ]),
  ...inFile('testing/feeds/book-ticker.ts', [
    {
      name: 'the emulation has one size of a quote in the place of both',
      check: 'payload.quotes-are-true',
      find: 'return { quote: { bidPrice, bidQuantity,',
      replace: 'return { quote: { bidPrice, bidQuantity: askQuantity,',
    },
  ]),
  ...inFile('testing/feeds/orderbook.ts', [
    {
      name: 'the emulation doubles the sizes of changes',
      check: 'payload.deltas-are-true',
      find: 'for (const [price, size] of event.asks) this.#asks.set(price, size)',
      replace:
        'for (const [price, size] of event.asks) this.#asks.set(price, String(Number((Number(size) * 2).toFixed(8))))',
    },
    {
      name: 'the emulation begins each book change one id too late',
      check: 'book.true-at-every-stop',
      find: 'fromVersion: String(first.firstId),',
      replace: 'fromVersion: String(first.firstId + 1),',
    },
  ]),
  ...inFile('testing/feeds/trades.ts', [
    {
      name: 'the emulation doubles the sizes of trades',
      check: 'payload.trades-are-true',
      find: 'quantity: size, tradeType',
      replace: 'quantity: String(Number((Number(size) * 2).toFixed(8))), tradeType',
    },
  ]),
  ...inFile('testing/replies.ts', [
    {
      name: 'the emulation answers with no text',
      check: 'payload.streams-begin',
      find: "if (refused.length === 0) return accepted.join(',')",
      replace: "if (refused.length === 0) return ''",
    },
    {
      name: 'the emulation answers with the id of the next request',
      check: 'acknowledgement.answers-settle',
      find: 'return JSON.stringify({ id, code: 0, msg })',
      replace: "return JSON.stringify({ id: msg === 'PONG' ? id : id + 1, code: 0, msg })",
    },
  ]),
  ...inFile('testing/session.ts', [
    {
      name: 'the emulation answers no ping',
      check: 'heartbeat.hour-of-quiet',
      find: 'if (isPing(request)) this.#pong()',
      replace: 'if (isPing(request)) return',
    },
    {
      name: 'the emulation takes what it accepted for what it refused, and the other way round',
      check: 'acknowledgement.one-of-many-refused',
      find: 'this.#answer(acknowledgementText(id, accepted, refused))',
      replace:
        'this.#answer(accepted.length > 0 && refused.length > 0 ? acknowledgementText(id, refused, accepted) : acknowledgementText(id, accepted, refused))',
    },
  ]),
  ...inFile('testing/account/account-pushes.ts', [
    {
      name: 'the emulation tells no balance of one asset',
      check: 'account.told-in-full',
      find: 'return this.#balance(event)',
      replace: "return event.asset === 'USDT' ? null : this.#balance(event)",
    },
    {
      name: 'the emulation tells another fee of a fill',
      check: 'payload.executions-are-true',
      find: 'feeAmount: fill.fee,',
      replace: "feeAmount: '31337.25',",
    },
  ]),
  ...inFile('testing/rest/market-endpoints.ts', [
    {
      name: 'the emulation answers for a book with the first that it gave',
      check: 'book.skipped-update',
      find: "const image = this.books.take(pair, fault === 'empty' ? 0 : Math.min(limit, maxLevels))",
      replace: `const kept = ((this.books as { kept?: Map<unknown, never> }).kept ??= new Map())
    if (!kept.has(pair)) kept.set(pair, this.books.take(pair, limit) as never)
    const image = kept.get(pair) as never`,
    },
  ]),
]
