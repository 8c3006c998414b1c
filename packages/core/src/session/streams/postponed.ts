import type { Clock, Timer } from '../../clock/clock.js'
import { growingDelayMs } from '../../clock/growing-delay.js'
import type { Stream } from '../../model/stream.js'

const delays = { firstMs: 1_000, longestMs: 60_000 } as const

export interface PostponedParts {
  readonly clock: Clock
  readonly random: () => number
  /** Their time has come: they are to be asked for again, in a request of their own. */
  readonly onDue: (streams: readonly Stream[]) => void
}

interface Waiting {
  readonly streams: Set<Stream>
  timer: Timer | null
}

/**
 * Streams that were live before and could not be had at the moment. Each list is asked for again apart from everything else, after a delay that grows with each
 * time in a row that one of its streams is postponed: 1 s, doubled up to 60 s, and of that between half and all, by chance, so that a fleet does not ask in step.
 */
export class PostponedStreams {
  readonly #parts: PostponedParts
  /** How often in a row each was postponed; kept while it is asked for. */
  readonly #attempts = new Map<Stream, number>()
  readonly #waiting = new Set<Waiting>()

  constructor(parts: PostponedParts) {
    this.#parts = parts
  }

  /** Has these asked for after a delay, which is returned, ms. */
  postpone(streams: readonly Stream[]): number {
    const { clock, random, onDue } = this.#parts
    this.#cancel(streams)
    const attempt = Math.max(...streams.map((stream) => this.#attempts.get(stream) ?? 0)) + 1
    for (const stream of streams) this.#attempts.set(stream, attempt)
    const delayMs = Math.round(growingDelayMs(delays, attempt, random))
    const waiting: Waiting = { streams: new Set(streams), timer: null }
    waiting.timer = clock.setTimer(delayMs, () => {
      this.#waiting.delete(waiting)
      onDue([...waiting.streams])
    })
    this.#waiting.add(waiting)
    return delayMs
  }

  /** These are there, or not wanted any more. */
  settle(streams: readonly Stream[]): void {
    if (this.#attempts.size === 0) return
    this.#cancel(streams)
    for (const stream of streams) this.#attempts.delete(stream)
  }

  /** The connection is gone: on the next everything is asked for anyway. */
  clear(): void {
    this.settle([...this.#attempts.keys()])
  }

  #cancel(streams: readonly Stream[]): void {
    for (const waiting of [...this.#waiting]) {
      for (const stream of streams) waiting.streams.delete(stream)
      if (waiting.streams.size > 0) continue
      waiting.timer?.cancel()
      this.#waiting.delete(waiting)
    }
  }
}
