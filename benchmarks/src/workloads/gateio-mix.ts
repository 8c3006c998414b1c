import { createRandom, randomInteger } from '@tapewire/testkit'
import { candleFrame, depthFrame, tickerFrame, tradeFrame } from './gateio-frames.js'
import { generate, type Random } from './random-text.js'
import { pushesOf, recordedSession } from './recorded-session.js'
import { gateioValue } from './reference-values.js'
import { meanBytes, type Workload } from './workload.js'

/** Data frames in half a minute of ten pairs, by channel: what a recorded session of Gate.io spot held. */
const shares = { depth: 106, ticker: 11, candle: 9, trade: 3 } as const

/** Levels of one update: half of them have 2 or fewer, nine in ten 8 or fewer, and now and then one is a whole book. */
export function levelCount(random: Random): number {
  const rank = random()
  if (rank < 0.5) return randomInteger(random, 1, 2)
  if (rank < 0.9) return randomInteger(random, 3, 8)
  return rank < 0.99 ? randomInteger(random, 9, 20) : 200
}

const markets = ['BTC_USDT', 'ETH_USDT', 'OMG_USDT', 'ZKS_ETH', 'NEO_BTC', 'NANO_USDT', 'INK_USDT'] as const

/** The session itself where it is there beside the repository, or frames composed to its shares and sizes. */
export async function gateioMix(): Promise<Workload> {
  const recorded = await recordedSession()
  const contents = recorded === null ? composedFrames() : pushesOf(recorded)
  const source = recorded === null ? 'composed to the shares and sizes of a recorded session' : 'a recorded session'
  return {
    venue: 'gateio',
    title: `${source}: order book updates 82 %, tickers 9 %, candles 7 %, trades 2 %; ${meanBytes(contents)} bytes a frame on average`,
    channels: ['orderbook', 'ticker', 'candles', 'trades'],
    symbols: [...new Set(contents.map(marketOf))].map((market) => market.replace('_', '/')),
    streams: [{ key: null, contents, values: contents.map(gateioValue) }],
    keepsBook: false,
  }
}

/** Shuffled, so that no branch is easily foreseen. */
function composedFrames(): string[] {
  const random = createRandom(20_210_422)
  const kinds = Object.entries(shares).flatMap(([kind, count]) =>
    generate(count * 8, () => kind as keyof typeof shares),
  )
  const make = {
    depth: (index: number, market: string): string => {
      const levels = levelCount(random)
      const bids = random() < 0.79 ? (random() < 0.5 ? levels : 0) : levels >> 1
      return depthFrame(random, index, market, bids, levels - bids)
    },
    ticker: (index: number, market: string): string => tickerFrame(random, index, market),
    candle: (index: number, market: string): string => candleFrame(random, index, market),
    trade: (index: number, market: string): string => tradeFrame(random, index, market),
  }
  return kinds
    .map((kind) => ({ kind, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ kind }, index) => make[kind](index, markets[index % markets.length] as string))
}

function marketOf(frame: string): string {
  const { result } = JSON.parse(frame) as {
    readonly result: { readonly s?: string; readonly currency_pair?: string; readonly n?: string }
  }
  return result.s ?? result.currency_pair ?? (result.n as string).slice(3)
}
