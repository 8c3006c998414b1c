import type { Receiver } from '../subjects/subject-task.js'
import { hrtimeOrigin } from './hrtime-origin.js'
import { LatencyHistogram, type LatencySummary } from './latency-histogram.js'

/** What a client received so far. */
export interface Tally extends Receiver {
  readonly messages: number
  /** Sum of the values read. */
  readonly checksum: number
}

/** Counts and adds up, and nothing else. */
export class CountingTally implements Tally {
  messages = 0
  checksum = 0

  receive(value: number): void {
    this.messages += 1
    this.checksum += value
  }

  skip(messages: number): void {
    this.messages += messages
  }
}

/** When each message was to be sent. */
export interface Schedule {
  /** `process.hrtime` of the first message. */
  readonly startNs: bigint
  readonly messagesPerSecond: number
  /** Messages at the start that are not measured. */
  readonly warmupMessages: number
}

/**
 * Measures each message against the time at which it was to be sent, not at which it was: a client that stalls is charged for all that should have come
 * meanwhile. The order of arrival says which message it is, and the clock behind `performance.now()` is the same in every process of a machine.
 */
export class LatencyTally extends CountingTally {
  readonly #endToEnd = new LatencyHistogram()
  readonly #processing = new LatencyHistogram()
  readonly #originNs = hrtimeOrigin()
  #startNs = Number.NaN
  #intervalNs = Number.NaN
  #warmup = 0

  follow({ startNs, messagesPerSecond, warmupMessages }: Schedule): void {
    this.#startNs = Number(startNs - this.#originNs)
    this.#intervalNs = 1e9 / messagesPerSecond
    this.#warmup = warmupMessages
  }

  override receive(value: number, receivedAt: number = Number.NaN): void {
    super.receive(value)
    const now = performance.now()
    const index = this.messages - 1
    if (index < this.#warmup) return
    this.#endToEnd.record(now * 1e6 - this.#startNs - index * this.#intervalNs)
    // NaN is not at least 0.
    const processingMs = now - (receivedAt - performance.timeOrigin)
    if (processingMs >= 0) this.#processing.record(processingMs * 1e6)
  }

  get endToEnd(): LatencySummary {
    return this.#endToEnd.summary()
  }

  get processing(): LatencySummary {
    return this.#processing.summary()
  }
}

/** Remembers when the first message was there. */
export class FirstMessageTally extends CountingTally {
  readonly #onFirst: () => void

  constructor(onFirst: () => void) {
    super()
    this.#onFirst = onFirst
  }

  override receive(value: number): void {
    super.receive(value)
    if (this.messages === 1) this.#onFirst()
  }
}
