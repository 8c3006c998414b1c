import type { PerformanceMetrics } from '@tapewire/core'
import type { ShownStream, StreamTraffic } from '../protocol.js'

type Measured = PerformanceMetrics['streams'][number]

/** A stream as it was looked at last, and at which look it last had changed: its state, and what it brings. */
interface Row {
  shown: ShownStream
  stateAt: number
  trafficAt: number
}

/** The streams of one feed as they are shown, each in its place, and what of them has changed since when. Looks are numbered, from 1. */
export class StreamRows {
  readonly #rows = new Map<string, Row>()
  #wholeAt = 0

  /** The look since which places hold: whoever was told before that must be told everything. */
  get wholeAt(): number {
    return this.#wholeAt
  }

  /** Takes note of how they are now. */
  look(streams: readonly Measured[], look: number): void {
    for (const stream of streams) this.#note(shownStream(stream), look)
    if (this.#rows.size === streams.length) return
    // One that is gone leaves its place to the next.
    this.#rows.clear()
    for (const stream of streams) this.#note(shownStream(stream), look)
    this.#wholeAt = look
  }

  /** Those that are new since a look, or whose state has changed. */
  statesAfter(look: number): readonly ShownStream[] {
    return [...this.#rows.values()].filter(({ stateAt }) => stateAt > look).map(({ shown }) => shown)
  }

  /** What the others have brought since a look, as it is at `at`, epoch ms. */
  trafficAfter(look: number, at: number): readonly StreamTraffic[] {
    return [...this.#rows.values()].flatMap(({ shown, stateAt, trafficAt }, place) => {
      if (stateAt > look || trafficAt <= look) return []
      const { messagesPerSecond, lastMessageAt } = shown
      return [[place, messagesPerSecond, lastMessageAt === null ? null : Math.max(0, Math.round(at - lastMessageAt))]]
    })
  }

  #note(shown: ShownStream, look: number): void {
    const row = this.#rows.get(shown.id)
    if (row === undefined) {
      this.#rows.set(shown.id, { shown, stateAt: look, trafficAt: look })
      return
    }
    if (hasOtherState(row.shown, shown)) row.stateAt = look
    if (hasOtherTraffic(row.shown, shown)) row.trafficAt = look
    row.shown = shown
  }
}

function hasOtherState(before: ShownStream, now: ShownStream): boolean {
  const { status, reason, since, gaps } = before
  return status !== now.status || reason !== now.reason || since !== now.since || gaps !== now.gaps
}

function hasOtherTraffic(before: ShownStream, now: ShownStream): boolean {
  return before.messagesPerSecond !== now.messagesPerSecond || before.lastMessageAt !== now.lastMessageAt
}

function shownStream({
  stream,
  symbol,
  channel,
  status,
  reason,
  since,
  messagesPerSecond,
  lastMessageAt,
  gaps,
}: Measured): ShownStream {
  const state = { id: stream.id, symbol: symbol?.name ?? null, channel, status, reason, since }
  return { ...state, messagesPerSecond: Math.round(messagesPerSecond * 10) / 10, lastMessageAt, gaps }
}
