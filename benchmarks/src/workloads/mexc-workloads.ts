import { createRandom } from '@tapewire/testkit'
import {
  firstVersion,
  mexcBookTickerFrame,
  mexcChannels,
  mexcDealsFrame,
  mexcDepthFrame,
  versionMarks,
} from './mexc-frames.js'
import { generate } from './random-text.js'
import { mexcBookValues, mexcValue } from './reference-values.js'
import { type LoadStream, meanBytes, type Workload } from './workload.js'

export function mexcBookTickers(): Workload {
  const random = createRandom(20_260_102)
  const contents = generate(4_000, (index) => mexcBookTickerFrame(random, index, 'BTCUSDT'))
  return {
    venue: 'mexc',
    title: `aggre.bookTicker (protobuf), ${meanBytes(contents)} bytes a frame, ${contents.length} different ones`,
    channels: ['book_ticker'],
    symbols: ['BTC/USDT'],
    streams: [mexcStream(mexcChannels.bookTicker('BTCUSDT'), contents)],
    keepsBook: false,
  }
}

export function mexcTrades(): Workload {
  const random = createRandom(20_260_108)
  const contents = generate(4_000, (index) => mexcDealsFrame(random, index, 'BTCUSDT'))
  return {
    venue: 'mexc',
    title: `aggre.deals (protobuf) of two deals, ${meanBytes(contents)} bytes a frame, ${contents.length} different ones`,
    channels: ['trades'],
    symbols: ['BTC/USDT'],
    streams: [mexcStream(mexcChannels.deals('BTCUSDT'), contents)],
    keepsBook: false,
  }
}

/** Updates of six levels of a book of 100 levels a side, which the first of them fills. */
export function mexcBook(): Workload {
  const random = createRandom(20_260_109)
  const contents = generate(4_000, (index) => mexcDepthFrame(random, index, 'BTCUSDT', 100))
  const stream = {
    key: mexcChannels.depth('BTCUSDT'),
    contents,
    values: mexcBookValues(contents),
    idMarks: versionMarks,
  }
  return {
    venue: 'mexc',
    title: `aggre.depth (protobuf) of three levels a side, ${meanBytes(contents)} bytes a frame, ${contents.length} different ones`,
    channels: ['orderbook'],
    symbols: ['BTC/USDT'],
    streams: [stream],
    keepsBook: true,
    restSequence: firstVersion - 1,
  }
}

/** Ten pairs with two streams each, on one connection. */
export function mexcTenPairs(): Workload {
  return mexcPairs(10, { quotes: 300, deals: 100 })
}

/** 100 pairs with two streams each: more than six connections can carry at 30 streams each. */
export function mexcHundredPairs(): Workload {
  return mexcPairs(100, { quotes: 48, deals: 16 })
}

function mexcPairs(count: number, each: { readonly quotes: number; readonly deals: number }): Workload {
  const random = createRandom(20_260_103)
  const symbols = generate(count, (index) => `A${String(index).padStart(2, '0')}`)
  const streams = symbols.flatMap((base) => {
    const symbol = `${base}USDT`
    return [
      mexcStream(
        mexcChannels.bookTicker(symbol),
        generate(each.quotes, (index) => mexcBookTickerFrame(random, index, symbol)),
      ),
      mexcStream(
        mexcChannels.deals(symbol),
        generate(each.deals, (index) => mexcDealsFrame(random, index, symbol)),
      ),
    ]
  })
  const contents = streams.flatMap((stream) => stream.contents)
  return {
    venue: 'mexc',
    title: `${count} pairs, aggre.bookTicker and aggre.deals at 3 to 1, ${meanBytes(contents)} bytes a frame on average, ${contents.length} different ones`,
    channels: ['book_ticker', 'trades'],
    symbols: symbols.map((base) => `${base}/USDT`),
    streams,
    keepsBook: false,
  }
}

function mexcStream(key: string, contents: readonly Buffer[]): LoadStream {
  return { key, contents, values: contents.map(mexcValue) }
}
