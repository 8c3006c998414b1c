import { sumBy } from '../add-up.js'
import { bucketCount } from '../latency/buckets.js'
import type { LatencyRecorder } from '../latency/latency-recorder.js'
import type { CountedDurations } from '../latency/latency-summary.js'
import { type Span, sampleSlots } from './sample-times.js'

/** Buckets and how often each was hit, in turns. One that was hit more often than such a number can say is there again. */
type Hits = Uint16Array

const mostHits = 0xffff

const noHits: Hits = new Uint16Array(0)

/** What a recorder saw in each of the last samples: only the buckets that were hit, 4 bytes each. */
export class RecorderSamples {
  readonly #hits: Hits[] = Array.from({ length: sampleSlots }, () => noHits)
  readonly #maxMs = new Float64Array(sampleSlots)
  /** Sums since the beginning. */
  readonly #count = new Float64Array(sampleSlots)
  readonly #sumMs = new Float64Array(sampleSlots)
  /** How the buckets stood at the last sample, and how many durations that were. */
  readonly #seen = new Float64Array(bucketCount)
  #seenCount = 0

  /** Notes what came since the last sample. */
  take(slot: number, recorder: LatencyRecorder): void {
    this.#maxMs[slot] = recorder.takeMaxMs()
    this.#count[slot] = recorder.count
    this.#sumMs[slot] = recorder.sumMs
    if (recorder.count === this.#seenCount) {
      this.#hits[slot] = noHits
      return
    }
    this.#seenCount = recorder.count
    const { buckets } = recorder
    const hits: number[] = []
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      let more = (buckets[bucket] as number) - (this.#seen[bucket] as number)
      this.#seen[bucket] = buckets[bucket] as number
      for (; more > 0; more -= mostHits) hits.push(bucket, Math.min(more, mostHits))
    }
    this.#hits[slot] = Uint16Array.from(hits)
  }

  /** Takes over the samples of a recorder that has ended, and was added to the one that is sampled here. */
  absorb(other: RecorderSamples): void {
    for (const [slot, hits] of other.#hits.entries()) {
      if (hits.length > 0) this.#hits[slot] = Uint16Array.from([...(this.#hits[slot] as Hits), ...hits])
      this.#maxMs[slot] = Math.max(this.#maxMs[slot] as number, other.#maxMs[slot] as number)
      this.#count[slot] = (this.#count[slot] as number) + (other.#count[slot] as number)
      this.#sumMs[slot] = (this.#sumMs[slot] as number) + (other.#sumMs[slot] as number)
    }
    for (const [bucket, count] of other.#seen.entries()) {
      this.#seen[bucket] = (this.#seen[bucket] as number) + count
    }
    this.#seenCount += other.#seenCount
  }

  /** How many durations came in a window. */
  count({ begin, end }: Span): number {
    return (this.#count[end] as number) - (this.#count[begin] as number)
  }

  sumMs({ begin, end }: Span): number {
    return (this.#sumMs[end] as number) - (this.#sumMs[begin] as number)
  }

  /** Adds what came in a window to `buckets`; returns the longest. */
  addTo(buckets: Float64Array, { begin, samples }: Span): number {
    let maxMs = 0
    for (let index = 1; index <= samples; index += 1) {
      const slot = (begin + index) % sampleSlots
      const hits = this.#hits[slot] as Hits
      for (let place = 0; place < hits.length; place += 2) {
        const bucket = hits[place] as number
        buckets[bucket] = (buckets[bucket] as number) + (hits[place + 1] as number)
      }
      maxMs = Math.max(maxMs, this.#maxMs[slot] as number)
    }
    return maxMs
  }
}

/** What recorders saw together in a window. */
export function durationsIn(span: Span, samples: readonly RecorderSamples[]): CountedDurations {
  const buckets = new Float64Array(bucketCount)
  const maxMs = samples.reduce((longest, one) => Math.max(longest, one.addTo(buckets, span)), 0)
  return {
    buckets,
    count: sumBy(samples, (one) => one.count(span)),
    sumMs: sumBy(samples, (one) => one.sumMs(span)),
    maxMs,
  }
}
