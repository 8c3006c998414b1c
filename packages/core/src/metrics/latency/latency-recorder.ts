import { bucketCount, bucketOf, longestMs } from './buckets.js'
import { type CountedDurations, type LatencySummary, summaryOf } from './latency-summary.js'

/** A message handled in less than this is within budget. */
const budgetMs = 1

// Places in the sums of a recorder, which lie in one array because a number that changes there is not allocated anew.
const count = 0
const sum = 1
const overBudget = 2
const longest = 3
const longestSinceTaken = 4

/**
 * Durations since the beginning, counted in buckets: 9 kB, whatever was recorded. Processing latency is one, from the read of the socket that brought a message to the return of the
 * handler. Recording costs two writes to an array and a few sums; nothing is allocated.
 */
export class LatencyRecorder implements CountedDurations {
  readonly buckets: Float64Array = new Float64Array(bucketCount)
  readonly #sums = new Float64Array(5)

  /** A clock or transport of somebody else's may make a duration anything: it counts as what is nearest to it from 0 to an hour. */
  record(durationMs: number): void {
    const ms = durationMs > 0 ? Math.min(durationMs, longestMs) : 0
    const sums = this.#sums
    const bucket = bucketOf(ms)
    this.buckets[bucket] = (this.buckets[bucket] as number) + 1
    sums[count] = (sums[count] as number) + 1
    sums[sum] = (sums[sum] as number) + ms
    if (ms >= budgetMs) sums[overBudget] = (sums[overBudget] as number) + 1
    if (ms > (sums[longestSinceTaken] as number)) sums[longestSinceTaken] = ms
  }

  get count(): number {
    return this.#sums[count] as number
  }

  get sumMs(): number {
    return this.#sums[sum] as number
  }

  /** Those of 1 ms or more. */
  get overBudget(): number {
    return this.#sums[overBudget] as number
  }

  get maxMs(): number {
    return Math.max(this.#sums[longest] as number, this.#sums[longestSinceTaken] as number)
  }

  /** The longest since this was last asked, ms. */
  takeMaxMs(): number {
    const taken = this.#sums[longestSinceTaken] as number
    this.#sums[longest] = this.maxMs
    this.#sums[longestSinceTaken] = 0
    return taken
  }

  /** Adds what another recorder saw. */
  add(other: LatencyRecorder): void {
    const sums = this.#sums
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      this.buckets[bucket] = (this.buckets[bucket] as number) + (other.buckets[bucket] as number)
    }
    sums[count] = this.count + other.count
    sums[sum] = this.sumMs + other.sumMs
    sums[overBudget] = this.overBudget + other.overBudget
    for (const place of [longest, longestSinceTaken]) {
      sums[place] = Math.max(sums[place] as number, other.#sums[place] as number)
    }
  }

  summary(): LatencySummary {
    return summaryOf(this)
  }
}
