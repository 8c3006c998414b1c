import type { PerformanceMetrics, StreamState } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test } from 'vitest'
import type { LiveEvent } from '../live/feed-log.js'
import { LatencyMinute } from '../live/latency-minute.js'
import type { LiveFeed } from '../live/live-feed.js'
import { LiveMarket } from '../live/live-market.js'
import { RateHistory } from '../live/rate-history.js'
import type { Line } from './text/line.js'
import { Viewer } from './viewer.js'

const quiet = {
  messagesPerSecond: 1,
  windows: { last10s: { p99ProcessingTimeMs: 0.1 } },
  lastLagMs: null,
  streamGaps: 0,
  droppedMessages: 0,
  errorMessages: 0,
  unknownMessages: 0,
  reconnectionCount: 0,
  connections: [],
} as unknown as PerformanceMetrics

interface FakeFeed {
  readonly feed: LiveFeed
  readonly log: LiveEvent[]
  readonly reads: { count: number }
}

function feedOf(title: string, symbols: readonly string[]): FakeFeed {
  const log: LiveEvent[] = []
  const reads = { count: 0 }
  const feed: LiveFeed = {
    exchange: title.toLowerCase(),
    title,
    isEmulated: false,
    emulation: null,
    symbols,
    channels: [],
    account: null,
    metrics: () => {
      reads.count += 1
      return quiet
    },
    streams: (): readonly StreamState[] => [],
    book: () => null,
    market: (symbol) => new LiveMarket(symbol),
    history: new RateHistory(),
    latency: new LatencyMinute().histogram,
    connections: [],
    alerts: [],
    gaps: [],
    log,
    close: async () => {},
  }
  return { feed, log, reads }
}

const size = { columns: 80, rows: 24 }
const textOf = (lines: readonly Line[]): string => lines.map((line) => line.map(({ text }) => text).join('')).join('\n')

describe('who looks at feeds', () => {
  test('turns through the instruments of each exchange in both directions, and finds each as it was left', () => {
    const feeds = [feedOf('Acme', ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']), feedOf('Nimbus', ['XRP/USDT'])]
    const viewer = new Viewer(
      feeds.map(({ feed }) => feed),
      new Map(),
      new ManualClock(),
    )
    const shown = (): string | undefined => /‹ (\S+)/.exec(textOf(viewer.frame(size)))?.[1]
    expect(shown()).toBe('BTC/USDT')
    viewer.press('previous')
    expect(shown()).toBe('SOL/USDT')
    viewer.press('exchange')
    viewer.press('next')
    expect(shown()).toBe('XRP/USDT')
    viewer.press('exchange')
    expect(shown()).toBe('SOL/USDT')
    viewer.press('next')
    expect(shown()).toBe('BTC/USDT')
  })

  test('sees a screen that stands still, with since when, and what came meanwhile as it goes on', () => {
    const clock = new ManualClock()
    const { feed, log } = feedOf('Acme', ['BTC/USDT', 'ETH/USDT'])
    const viewer = new Viewer([feed], new Map(), clock)
    viewer.press('pause')
    log.unshift({ at: clock.now(), level: 'warn', text: 'acme#1 was lost' })
    clock.advance(12_000)
    viewer.press('next')
    const still = textOf(viewer.frame(size))
    expect(still).toContain('PAUSED 12 s ago')
    expect(still).toContain('ETH/USDT')
    expect(still).not.toContain('acme#1 was lost')
    viewer.press('pause')
    expect(textOf(viewer.frame(size))).toContain('! acme#1 was lost')
  })

  test('reads metrics once a second, however often it draws', () => {
    const clock = new ManualClock()
    const { feed, reads } = feedOf('Acme', ['BTC/USDT'])
    const viewer = new Viewer([feed], new Map(), clock)
    for (let frame = 0; frame < 11; frame += 1) {
      viewer.frame(size)
      clock.advance(200)
    }
    expect(reads.count).toBe(3)
  })

  test('goes back from help with either key, and connects only where something runs here', () => {
    const { feed } = feedOf('Acme', ['BTC/USDT'])
    const viewer = new Viewer([feed], new Map(), new ManualClock())
    viewer.press('connect')
    expect(textOf(viewer.frame(size))).toContain('no book is kept')
    viewer.press('help')
    expect(textOf(viewer.frame(size))).toContain('quits, as Ctrl-C does')
    viewer.press('back')
    expect(textOf(viewer.frame(size))).toContain('no book is kept')
  })
})
