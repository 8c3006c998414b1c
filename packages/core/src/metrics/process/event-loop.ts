import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** The event loop of this thread, which a handler shares with sockets and timers. */
export interface EventLoopMetrics {
  /** How late a timer came that asked for a turn every 20 ms, over the last half to whole minute, ms. */
  readonly delayP50Ms: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
  /** Share of the last ten seconds in which it was busy, 0 to 1. */
  readonly utilization: number
}

const { eventLoopUtilization } = performance

/** How often the loop is asked for a turn, ms. */
const resolutionMs = 20

/** The older of two histograms is told; when the younger is so old, it takes its place, ms. */
const turnMs = 30_000

const utilizationMs = 10_000

/** How long what was read of a histogram counts, ms: it has tens of thousands of buckets. */
const readEveryMs = 1_000

interface Mark {
  readonly at: number
  readonly elapsed: EventLoopUtilization
}

export const restingLoop: EventLoopMetrics = { delayP50Ms: 0, delayP99Ms: 0, delayMaxMs: 0, utilization: 0 }

/** Measures the event loop while it is on. Times are the loop's own, since a manager's clock may know nothing of it. */
export class EventLoopWatch {
  #older: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs })
  #younger: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs })
  #turnedAt = 0
  #marks: Mark[] = []
  #readAt = Number.NEGATIVE_INFINITY
  #read: EventLoopMetrics = restingLoop

  begin(): void {
    const now = loopTime()
    for (const histogram of [this.#older, this.#younger]) {
      histogram.reset()
      histogram.enable()
    }
    this.#turnedAt = now
    this.#marks = [{ at: now, elapsed: eventLoopUtilization() }]
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  end(): void {
    this.#older.disable()
    this.#younger.disable()
  }

  /** To be called about once a second; more often costs a look at the time. */
  look(): void {
    const now = loopTime()
    const last = this.#marks.at(-1)
    if (last !== undefined && now - last.at < readEveryMs / 2) return
    this.#marks.push({ at: now, elapsed: eventLoopUtilization() })
    // The first is the last that is old enough, or the oldest there is.
    while (now - (this.#marks[1]?.at ?? now) >= utilizationMs) this.#marks.shift()
    if (now - this.#turnedAt < turnMs) return
    this.#turnedAt = now
    const oldest = this.#older
    this.#older = this.#younger
    this.#younger = oldest
    oldest.reset()
  }

  get metrics(): EventLoopMetrics {
    const now = loopTime()
    if (now - this.#readAt < readEveryMs) return this.#read
    this.#readAt = now
    const histogram = this.#older
    const [mark] = this.#marks
    this.#read = {
      delayP50Ms: delayMs(histogram.percentile(50)),
      delayP99Ms: delayMs(histogram.percentile(99)),
      delayMaxMs: delayMs(histogram.max),
      utilization: eventLoopUtilization(mark?.elapsed).utilization,
    }
    return this.#read
  }
}

/** How long the loop has been running, ms: idle or not. */
function loopTime(): number {
  const { idle, active } = eventLoopUtilization()
  return idle + active
}

/** Of the time between two turns, ns, what was longer than was asked for. */
function delayMs(betweenNs: number): number {
  return Math.max(0, betweenNs / 1e6 - resolutionMs)
}
