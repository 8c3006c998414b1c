import { bucketCount } from '../latency/buckets.js'
import type { LatencyRecorder } from '../latency/latency-recorder.js'
import type { CountedDurations } from '../latency/latency-summary.js'
import { type Span, sampleSlots } from './sample-times.js'

/** Buckets and how often each was hit, in turns. */
type Hits = Uint32Array

const noHits: Hits = new Uint32Array(0)

/** What a recorder saw in each of the last samples: only the buckets that were hit, 8 bytes each. */
export class RecorderSamples {
  readonly #hits: Hits[] = Array.from({ length: sampleSlots }, () => noHits)
  readonly #maxMs = new Float64Array(sampleSlots)
  /** How the buckets stood at the last sample, and how many durations that were. */
  readonly #seen = new Float64Array(bucketCount)
  #seenCount = 0

  /** Notes what came since the last sample. */
  take(slot: number, recorder: LatencyRecorder): void {
    this.#maxMs[slot] = recorder.takeMaxMs()
    if (recorder.count === this.#seenCount) {
      this.#hits[slot] = noHits
      return
    }
    this.#seenCount = recorder.count
    const { buckets } = recorder
    const hits: number[] = []
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      const more = (buckets[bucket] as number) - (this.#seen[bucket] as number)
      if (more === 0) continue
      hits.push(bucket, more)
      this.#seen[bucket] = buckets[bucket] as number
    }
    this.#hits[slot] = Uint32Array.from(hits)
  }

  /** Takes over the samples of a recorder that has ended, and was added to the one that is sampled here. */
  absorb(other: RecorderSamples): void {
    for (const [slot, hits] of other.#hits.entries()) {
      if (hits.length > 0) this.#hits[slot] = Uint32Array.from([...(this.#hits[slot] as Hits), ...hits])
      this.#maxMs[slot] = Math.max(this.#maxMs[slot] as number, other.#maxMs[slot] as number)
    }
    for (const [bucket, count] of other.#seen.entries()) {
      this.#seen[bucket] = (this.#seen[bucket] as number) + count
    }
    this.#seenCount += other.#seenCount
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

/** What recorders saw together in a window. `count` and `sumMs` are known to who sampled them. */
export function windowOf(
  samples: readonly RecorderSamples[],
  span: Span,
  { count, sumMs }: { readonly count: number; readonly sumMs: number },
): CountedDurations {
  const buckets = new Float64Array(bucketCount)
  const maxMs = samples.reduce((longest, one) => Math.max(longest, one.addTo(buckets, span)), 0)
  return { buckets, count, sumMs, maxMs }
}
