import type { PerformanceMetrics } from '@tapewire/core'
import { Recent } from './recent.js'

type LatencyHistogram = PerformanceMetrics['processingTimes']

const seconds = 60

/** How long messages took in the last minute: what was counted since the start, less what had been counted a minute ago. */
export class LatencyMinute {
  /** One more than the seconds there are: the oldest is where the minute begins. */
  readonly #before = new Recent<readonly number[]>(seconds + 1)
  #boundsMs: readonly number[] = []

  /** Called once a second. */
  add({ boundsMs, counts }: LatencyHistogram): void {
    this.#boundsMs = boundsMs
    this.#before.add(counts)
  }

  /** As of the last second; of a feed that is younger than a minute, since it began. */
  get histogram(): Pick<LatencyHistogram, 'boundsMs' | 'counts'> {
    const all = this.#before.oldestFirst()
    const newest = all.at(-1) ?? []
    const oldest = all.length > seconds ? all[0] : undefined
    return { boundsMs: this.#boundsMs, counts: newest.map((count, place) => count - (oldest?.[place] ?? 0)) }
  }
}
