import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import { type Channel, channels } from '../model/channel.js'
import type { GapEvent } from '../model/gap-event.js'
import type { TrackedStream } from '../model/stream.js'

/** How many gaps there were, as the metrics say it. */
export type GapMetrics = Pick<
  PerformanceMetrics,
  'streamGaps' | 'gapsByChannel' | 'lostGaps' | 'backfilledMessages' | 'backfilledByChannel'
>

/** Counts the gaps of one manager. */
export class GapCounters {
  readonly #gaps = zeros()
  readonly #backfilled = zeros()
  #lost = 0

  count({ stream, channel, action, backfilled }: GapEvent): void {
    const tracked = stream as TrackedStream
    tracked.gaps += 1
    tracked.backfilled += backfilled
    this.#gaps[channel] += 1
    this.#backfilled[channel] += backfilled
    if (action === 'lost' || action === 'partly-backfilled') this.#lost += 1
  }

  get metrics(): GapMetrics {
    return {
      streamGaps: sumOf(this.#gaps),
      gapsByChannel: { ...this.#gaps },
      lostGaps: this.#lost,
      backfilledMessages: sumOf(this.#backfilled),
      backfilledByChannel: { ...this.#backfilled },
    }
  }
}

function zeros(): Record<Channel, number> {
  return Object.fromEntries(channels.map((channel) => [channel, 0])) as Record<Channel, number>
}

function sumOf(counts: Readonly<Record<Channel, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
