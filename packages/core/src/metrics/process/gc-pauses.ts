import { constants, type NodeGCPerformanceDetail, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'

/** What collecting garbage took, for the whole process. */
export interface GcMetrics {
  readonly pauses: number
  readonly totalMs: number
  readonly maxMs: number
  /** Pauses by kind: of young objects, of all, steps of the latter, and of weak references. */
  readonly byKind: Readonly<Record<GcKind, number>>
}

export type GcKind = 'minor' | 'major' | 'incremental' | 'weakcb'

/** Counts them for one manager. */
export class GcCounter {
  readonly #byKind: Record<GcKind, number> = { minor: 0, major: 0, incremental: 0, weakcb: 0 }
  #pauses = 0
  #totalMs = 0
  #maxMs = 0

  count(kind: GcKind, durationMs: number): void {
    this.#byKind[kind] += 1
    this.#pauses += 1
    this.#totalMs += durationMs
    this.#maxMs = Math.max(this.#maxMs, durationMs)
  }

  get metrics(): GcMetrics {
    return { pauses: this.#pauses, totalMs: this.#totalMs, maxMs: this.#maxMs, byKind: { ...this.#byKind } }
  }
}

/** Tells each pause of the process to whoever counts them. */
export function observeGc(onPause: (kind: GcKind, durationMs: number) => void): PerformanceObserver {
  return new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) onPause(kindOf(entry), entry.duration)
  })
}

function kindOf(entry: PerformanceEntry & { readonly detail?: NodeGCPerformanceDetail }): GcKind {
  switch (entry.detail?.kind) {
    case constants.NODE_PERFORMANCE_GC_MAJOR:
      return 'major'
    case constants.NODE_PERFORMANCE_GC_INCREMENTAL:
      return 'incremental'
    case constants.NODE_PERFORMANCE_GC_WEAKCB:
      return 'weakcb'
    default:
      return 'minor'
  }
}
