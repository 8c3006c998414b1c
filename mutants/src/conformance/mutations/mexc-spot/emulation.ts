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
      survives:
        'checks of books cannot tell a size that was sent wrongly from one that is kept wrongly: the right one was sent too, by REST',
    },
  ]),
  ...inFile('testing/feeds/trades.ts', [
    {
      name: 'the emulation doubles the sizes of trades',
      check: 'payload.trades-are-true',
      find: 'quantity: size, tradeType',
      replace: 'quantity: String(Number((Number(size) * 2).toFixed(8))), tradeType',
      survives:
        'checks of recovery know a trade by what it is, and take one that never was for one that was told twice',
    },
  ]),
  ...inFile('testing/replies.ts', [
    {
      name: 'the emulation answers with no text',
      check: 'payload.streams-begin',
      find: "if (refused.length === 0) return accepted.join(',')",
      replace: "if (refused.length === 0) return ''",
      survives: 'an answer that means nothing is a refusal to the adapter, as it would be to any',
    },
  ]),
]
