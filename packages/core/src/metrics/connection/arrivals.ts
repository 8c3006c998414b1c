import { LatencyRecorder } from '../latency/latency-recorder.js'

/** How often one of two connections that carry the same streams was first, and by how much. */
export interface ArrivalMetrics {
  /** Messages that it brought before the other did, which were delivered. */
  readonly first: number
  /** Messages that the other had brought before, which were left out. */
  readonly second: number
  /** Those that it brought first as a share of all; null before the first. */
  readonly firstShare: number | null
  /** How much later the other brought what it had brought first, ms. */
  readonly averageLeadMs: number
  readonly p50LeadMs: number
  readonly p99LeadMs: number
  readonly maxLeadMs: number
}

/** Counts what one of two connections brought. */
export class Arrivals {
  readonly #leads = new LatencyRecorder()
  #first = 0
  #second = 0

  get total(): number {
    return this.#first + this.#second
  }

  countFirst(): void {
    this.#first += 1
  }

  countSecond(): void {
    this.#second += 1
  }

  /** The other has brought what this one had brought so long before, ms. */
  noteLead(leadMs: number): void {
    this.#leads.record(leadMs)
  }

  metrics(): ArrivalMetrics {
    const { averageMs, p50Ms, p99Ms, maxMs } = this.#leads.summary()
    return {
      first: this.#first,
      second: this.#second,
      firstShare: this.total === 0 ? null : this.#first / this.total,
      averageLeadMs: averageMs,
      p50LeadMs: p50Ms,
      p99LeadMs: p99Ms,
      maxLeadMs: maxMs,
    }
  }
}
