import { createRandom } from '@tapewire/testkit'
import { mexcBookTickerFrame, mexcChannels, mexcDealsFrame } from './mexc-frames.js'
import { generate } from './random-text.js'
import { mexcValue } from './reference-values.js'
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

/** 100 pairs with two streams each: more than six connections can carry at 30 streams each. */
export function mexcHundredPairs(): Workload {
  const random = createRandom(20_260_103)
  const symbols = generate(100, (index) => `A${String(index).padStart(2, '0')}`)
  const streams = symbols.flatMap((base) => {
    const symbol = `${base}USDT`
    return [
      mexcStream(
        mexcChannels.bookTicker(symbol),
        generate(48, (index) => mexcBookTickerFrame(random, index, symbol)),
      ),
      mexcStream(
        mexcChannels.deals(symbol),
        generate(16, (index) => mexcDealsFrame(random, index, symbol)),
      ),
    ]
  })
  const contents = streams.flatMap((stream) => stream.contents)
  return {
    venue: 'mexc',
    title: `100 pairs, aggre.bookTicker and aggre.deals at 3 to 1, ${meanBytes(contents)} bytes a frame on average, ${contents.length} different ones`,
    channels: ['book_ticker', 'trades'],
    symbols: symbols.map((base) => `${base}/USDT`),
    streams,
    keepsBook: false,
  }
}

function mexcStream(key: string, contents: readonly Buffer[]): LoadStream {
  return { key, contents, values: contents.map(mexcValue) }
}
