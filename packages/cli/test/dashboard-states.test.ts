import { type PerformanceMetrics, type StreamStatus, WebSocketManager } from '@tapewire/core'
import { createStream } from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterState, type FeedState } from '../page/src/state/feed-state.js'
import { SharedTexts } from '../src/commands/dashboard/messages/shared-texts.js'
import { StateReader } from '../src/commands/dashboard/messages/state-reader.js'
import { StateWatch } from '../src/commands/dashboard/messages/state-watch.js'
import type { StateMessage } from '../src/commands/dashboard/protocol.js'
import type { LiveFeed } from '../src/live/live-feed.js'
import { RateHistory } from '../src/live/rate-history.js'

type Streams = PerformanceMetrics['streams']

const manager = new WebSocketManager({ strategies: gateioSpot.public() })
const blank = manager.getPerformanceMetrics()
const statuses: readonly StreamStatus[] = ['syncing', 'live', 'stale', 'gapped']

/** A feed of which tests say how it is. */
class TestFeed {
  streams: Streams = []
  log: { at: number; level: 'info'; text: string }[] = []
  spans: object[] = []
  readonly exchange = 'gateio_spot'
  readonly account = null
  readonly latency = { boundsMs: [1], counts: [0, 0] }
  readonly alerts: readonly never[] = []
  readonly gaps: readonly never[] = []
  readonly history = new RateHistory()

  get connections(): readonly object[] {
    return this.spans
  }

  metrics(): PerformanceMetrics {
    const connection = { connectionId: 'gateio_spot#1', state: 'connected', breaker: 'closed', streams: 1 }
    return { ...blank, streams: this.streams, connections: [connection] } as unknown as PerformanceMetrics
  }
}

function stream(number: number, differs: Partial<Streams[number]> = {}): Streams[number] {
  const id = `trades:${number}`
  const described = createStream({
    id,
    channels: ['trades'],
    instrument: null,
    wireChannel: 'trades',
    wireSymbol: null,
  })
  const state = { stream: described, symbol: null, channel: 'trades', status: 'live', reason: 'delivering', since: 1 }
  const traffic = { messages: 0, messagesPerSecond: 0, lastMessageAt: null, gaps: 0, backfilled: 0 }
  return { ...state, ...traffic, ...differs } as unknown as Streams[number]
}

/** A page that reads it, and what it has been sent. */
class TestPage {
  feed: FeedState | undefined
  messages: StateMessage[] = []
  readonly #reader: StateReader

  constructor(watch: StateWatch, texts: SharedTexts) {
    this.#reader = new StateReader(watch, texts)
  }

  read(at: number): void {
    const message = JSON.parse(this.#reader.next(at)) as StateMessage
    this.messages.push(message)
    this.feed = afterState(this.feed, message)
  }

  get last(): StateMessage | undefined {
    return this.messages.at(-1)
  }
}

function watched() {
  const feed = new TestFeed()
  const watch = new StateWatch(feed as unknown as LiveFeed)
  const texts = new SharedTexts()
  return { feed, watch, page: () => new TestPage(watch, texts) }
}

describe('what a page is told of a feed each second', () => {
  test('is everything at first, and then of its streams what has changed', () => {
    const { feed, watch, page } = watched()
    const shown = page()
    feed.streams = [stream(0), stream(1), stream(2)]
    watch.look(1_000)
    shown.read(1_000)
    expect(shown.last).toMatchObject({ isWhole: true, alerts: [], gaps: [], log: [] })
    expect(shown.last?.streams).toHaveLength(3)
    feed.streams = [stream(0), stream(1, { status: 'gapped', reason: 'lost' }), stream(2, { lastMessageAt: 1_990.4 })]
    watch.look(2_000)
    shown.read(2_000)
    expect(shown.last).toMatchObject({
      isWhole: false,
      streams: [{ id: 'trades:1', reason: 'lost' }],
      traffic: [[2, 0, 10]],
    })
    watch.look(3_000)
    shown.read(3_000)
    expect(shown.last).toMatchObject({ streams: [], traffic: [], connections: [{ spans: null }] })
    for (const part of ['alerts', 'gaps', 'log']) expect(shown.last).not.toHaveProperty(part)
  })

  test('costs little where a thousand streams bring something each second', () => {
    const { feed, watch, page } = watched()
    const shown = page()
    const sizes = [1_000, 2_000, 3_000].map((at) => {
      const traffic = { messagesPerSecond: at / 77, lastMessageAt: at - 40 }
      feed.streams = Array.from({ length: 1_000 }, (_, number) => stream(number, traffic))
      watch.look(at)
      shown.read(at)
      return JSON.stringify(shown.last).length
    })
    expect(Math.max(...sizes.slice(1))).toBeLessThan(20_000)
    expect(shown.feed?.streams).toHaveLength(1_000)
  })

  test('amounts to what there is, whatever changes, comes and goes, and whenever a page looks', () => {
    const one = fc.record({
      status: fc.constantFrom(...statuses),
      messagesPerSecond: fc.nat(3),
      lastMessageAt: fc.option(fc.nat(3)),
      gaps: fc.nat(2),
    })
    const seconds = fc.array(
      fc.record({
        streams: fc.dictionary(fc.constantFrom('0', '1', '2', '3'), one),
        lines: fc.nat(1),
        spans: fc.nat(1),
        readers: fc.tuple(fc.boolean(), fc.boolean()),
        hasNewPage: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    )
    fc.assert(
      fc.property(seconds, (story) => {
        const { feed, watch, page } = watched()
        const pages = [page(), page()]
        for (const [index, { streams, lines, spans, readers, hasNewPage }] of story.entries()) {
          const at = (index + 1) * 1_000
          feed.streams = Object.entries(streams).map(([number, differs]) => stream(Number(number), differs))
          for (let line = 0; line < lines; line += 1) feed.log = [{ at, level: 'info', text: 'so' }, ...feed.log]
          if (spans === 1)
            feed.spans = [...feed.spans, { connectionId: 'gateio_spot#1', state: 'connected', since: at }]
          watch.look(at)
          if (hasNewPage) pages.push(page())
          const late = page()
          late.read(at)
          const byId = ({ streams: all }: FeedState): object =>
            Object.fromEntries(all.map(({ id, ...shown }) => [id, shown]))
          for (const [number, reader] of pages.entries()) {
            if (readers[number] === false) continue
            reader.read(at)
            expect({ ...reader.feed, streams: byId(reader.feed as FeedState) }).toEqual({
              ...late.feed,
              streams: byId(late.feed as FeedState),
            })
          }
        }
      }),
    )
  })
})
