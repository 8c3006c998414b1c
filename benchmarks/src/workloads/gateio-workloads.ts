import { createRandom } from '@tapewire/testkit'
import { bookChangeFrame, fullBookFrame } from './gateio-book-frames.js'
import { bookTickerFrame, depthFrame, tradeFrame } from './gateio-frames.js'
import { generate, type Random } from './random-text.js'
import { gateioBookValues, gateioValue } from './reference-values.js'
import { meanBytes, type Workload } from './workload.js'

/** Different frames in a workload: more than any cache of texts would hold. */
const variety = 4_000

/** One pair's frames of one channel. */
function gateioWorkload(
  wireChannel: string,
  channel: Workload['channels'][number],
  make: (random: Random, index: number, market: string) => string,
): Workload {
  const random = createRandom(20_260_101)
  const contents = generate(variety, (index) => make(random, index, 'BTC_USDT'))
  const values = contents.map(gateioValue)
  return {
    venue: 'gateio',
    title: `${wireChannel}, ${meanBytes(contents)} bytes a frame, ${variety} different ones`,
    channels: [channel],
    symbols: ['BTC/USDT'],
    streams: [{ key: 'BTC_USDT', contents, values }],
    keepsBook: false,
  }
}

export function gateioBookTickers(): Workload {
  return gateioWorkload('spot.book_ticker', 'book_ticker', bookTickerFrame)
}

/**
 * The same frames but for the pairs that they name, so many of them in turn: which is the hardest order for whatever remembers the pair that it met last. Names
 * are of one length, however many there are.
 */
export function gateioBookTickersOf(pairs: number): Workload {
  const random = createRandom(20_260_107)
  const bases = generate(pairs, (index) => `A${String(index).padStart(3, '0')}`)
  const contents = generate(variety, (index) => bookTickerFrame(random, index, `${bases[index % pairs]}_USDT`))
  return {
    venue: 'gateio',
    title: `spot.book_ticker of ${pairs.toLocaleString('en')} pairs in turn, ${meanBytes(contents)} bytes a frame, ${variety} different ones`,
    channels: ['book_ticker'],
    symbols: bases.map((base) => `${base}/USDT`),
    streams: [{ key: null, contents, values: contents.map(gateioValue) }],
    keepsBook: false,
  }
}

export function gateioTrades(): Workload {
  return gateioWorkload('spot.trades', 'trades', tradeFrame)
}

/** Six levels, three a side. */
export function gateioDepthUpdates(): Workload {
  return gateioWorkload('spot.order_book_update', 'orderbook', (random, index, market) =>
    depthFrame(random, index, market, 3, 3),
  )
}

/** A whole book of 50 levels a side, and then changes of six levels. */
export function gateioBook(): Workload {
  const random = createRandom(20_260_104)
  const contents = generate(variety, (index) =>
    (index === 0 ? fullBookFrame : bookChangeFrame)(random, index, 'BTC_USDT', 50),
  )
  return {
    venue: 'gateio',
    title: `spot.obu: a book of 50 levels a side, then changes of three levels a side, ${meanBytes(contents)} bytes a frame, ${variety} different ones`,
    channels: ['orderbook'],
    symbols: ['BTC/USDT'],
    streams: [{ key: 'BTC_USDT', contents, values: gateioBookValues(contents), idMarks: ['"U":', '"u":'] }],
    keepsBook: true,
  }
}
