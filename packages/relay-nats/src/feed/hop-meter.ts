import type { FrameHeader } from '../encoding/frame-header.js'

/** What the hop from the relays to here did so far. */
export interface HopMetrics {
  /** Frames that were taken, and the records in them. */
  readonly frames: number
  readonly records: number
  /** From when a relay sent a frame to when it was read here, ms, by the two machines' clocks; null before the first. */
  readonly lagMs: { readonly average: number; readonly p50: number; readonly p99: number; readonly max: number } | null
  /** Records that a relay numbered and that never came. */
  readonly missing: number
  /** Frames of relays that were not the owner of their stream any more. */
  readonly outdated: number
  /** Messages on our subjects that are no frame of ours. */
  readonly foreign: number
  /** Frames that there was no room for while a slow handler held everything back. */
  readonly overflowed: number
}

/** Buckets of the lag: each begins an eighth of a doubling after the one before, from 1 µs; the last holds the rest. */
const bucketsPerDoubling = 8
const buckets = 256
const smallestMs = 0.001

/** Counts what arrives. */
export class HopMeter {
  missing = 0
  outdated = 0
  foreign = 0
  overflowed = 0
  #frames = 0
  #records = 0
  #sumMs = 0
  #maxMs: number = Number.NEGATIVE_INFINITY
  #lastMs = 0
  #leastMs: number = Number.POSITIVE_INFINITY
  readonly #counts = new Uint32Array(buckets)

  /** A connection begins. */
  begin(): void {
    this.#lastMs = 0
    this.#leastMs = Number.POSITIVE_INFINITY
  }

  /** How much longer the last frame took than the quickest one of its connection, ms: however far the clocks of two machines are apart. */
  get behindMs(): number {
    return Math.max(0, this.#lastMs - this.#leastMs)
  }

  note({ count, sentAt }: FrameHeader, receivedAt: number): void {
    const lagMs = receivedAt - sentAt
    this.#lastMs = lagMs
    if (lagMs < this.#leastMs) this.#leastMs = lagMs
    this.#frames += 1
    this.#records += count
    this.#sumMs += lagMs
    if (lagMs > this.#maxMs) this.#maxMs = lagMs
    const bucket = lagMs <= smallestMs ? 0 : Math.floor(Math.log2(lagMs / smallestMs) * bucketsPerDoubling)
    const index = Math.min(bucket, buckets - 1)
    this.#counts[index] = (this.#counts[index] as number) + 1
  }

  read(): HopMetrics {
    const { missing, outdated, foreign, overflowed } = this
    const lagMs =
      this.#frames === 0
        ? null
        : {
            average: this.#sumMs / this.#frames,
            p50: this.#quantile(0.5),
            p99: this.#quantile(0.99),
            max: this.#maxMs,
          }
    return { frames: this.#frames, records: this.#records, lagMs, missing, outdated, foreign, overflowed }
  }

  /** The middle of the bucket that the share of frames ends in. */
  #quantile(share: number): number {
    let left = Math.ceil(this.#frames * share)
    for (let index = 0; index < buckets; index += 1) {
      left -= this.#counts[index] as number
      if (left <= 0) return Math.min(this.#maxMs, smallestMs * 2 ** ((index + 0.5) / bucketsPerDoubling))
    }
    return this.#maxMs
  }
}
