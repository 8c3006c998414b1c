import type { Clock, Timer } from '../clock/clock.js'
import type { Log } from '../config/logger.js'
import type { Lane } from '../group/lane.js'
import { CounterMark, type IntervalMetrics } from '../metrics/interval/interval-metrics.js'
import type { StreamStatus } from '../model/stream.js'
import type { StreamKeepers } from './subscriptions.js'

/** Whose performance is written down, and how often. */
export interface PerformanceLogParts {
  readonly clock: Clock
  readonly log: Log
  readonly keepers: StreamKeepers
  /** Time between summaries, ms; 0 writes none. */
  readonly intervalMs: number
}

/** How the counters of a connection stood, and when they began. */
interface ConnectionMark {
  readonly counters: CounterMark
  readonly startedAt: number
}

/** How a manager’s counters stood at a moment. */
interface Marks {
  readonly all: CounterMark
  readonly connections: ReadonlyMap<string, ConnectionMark>
  readonly gaps: number
  readonly lostGaps: number
  readonly errors: number
}

/** Writes a summary into the log at an interval: what came since the last one, how fast it was handled, and how streams and connections are. */
export class PerformanceLog {
  readonly #parts: PerformanceLogParts
  #timer: Timer | null = null
  #last: Marks | null = null

  constructor(parts: PerformanceLogParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#parts.intervalMs === 0 || this.#timer !== null) return
    this.#last = this.#mark()
    this.#schedule()
  }

  /** With a last summary, of what came since the one before. */
  close(): void {
    if (this.#timer !== null) this.#write()
    this.stop()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#last = null
  }

  #schedule(): void {
    const { clock, intervalMs } = this.#parts
    this.#timer = clock.setTimer(intervalMs, () => {
      this.#schedule()
      this.#write()
    })
  }

  #write(): void {
    const { log } = this.#parts
    const before = this.#last
    const now = this.#mark()
    this.#last = now
    if (before === null) return
    const { durationMs, messages, messagesPerSecond, complianceRate, averageLagMs, ...interval } = rounded(
      now.all.since(before.all),
    )
    const { p50ProcessingTimeMs, p99ProcessingTimeMs, maxProcessingTimeMs } = interval
    const { droppedMessages, reconnectionCount, connectionFailures } = interval
    const { live, stale, gapped, syncing } = this.#statuses()
    log.info({
      event: 'performance',
      durationMs,
      messages,
      messagesPerSecond,
      p50ProcessingTimeMs,
      p99ProcessingTimeMs,
      maxProcessingTimeMs,
      complianceRate,
      averageLagMs,
      droppedMessages,
      streamGaps: now.gaps - before.gaps,
      lostGaps: now.lostGaps - before.lostGaps,
      reconnectionCount,
      connectionFailures,
      errorCount: now.errors - before.errors,
      live,
      stale,
      gapped,
      syncing,
    })
    if (log.isLevelEnabled?.('debug') === false) return
    for (const lane of this.#lanes) this.#writeConnection(lane, now, before)
  }

  #writeConnection({ id: connectionId, state, size: streams }: Lane, now: Marks, before: Marks): void {
    const mark = now.connections.get(connectionId) as ConnectionMark
    const earlier = before.connections.get(connectionId)?.counters ?? new CounterMark([], mark.startedAt)
    const { durationMs, messages, messagesPerSecond, complianceRate, averageLagMs, ...interval } = rounded(
      mark.counters.since(earlier),
    )
    const { p50ProcessingTimeMs, p99ProcessingTimeMs, maxProcessingTimeMs } = interval
    const { droppedMessages, reconnectionCount, connectionFailures } = interval
    this.#parts.log.debug({
      event: 'connection-performance',
      connectionId,
      state,
      streams,
      durationMs,
      messages,
      messagesPerSecond,
      p50ProcessingTimeMs,
      p99ProcessingTimeMs,
      maxProcessingTimeMs,
      complianceRate,
      averageLagMs,
      droppedMessages,
      reconnectionCount,
      connectionFailures,
    })
  }

  #mark(): Marks {
    const { clock, keepers } = this.#parts
    const { groups, gaps, announcer } = keepers
    const now = clock.now()
    const { streamGaps, lostGaps } = gaps.metrics
    return {
      all: new CounterMark(groups.metricsSources(now), now),
      connections: new Map(
        this.#lanes.map((lane) => {
          const source = lane.metricsSource(now)
          return [lane.id, { counters: new CounterMark([source], now), startedAt: source.startedAt }]
        }),
      ),
      gaps: streamGaps,
      lostGaps,
      errors: announcer.errors,
    }
  }

  get #lanes(): readonly Lane[] {
    return this.#parts.keepers.groups.all.flatMap(({ lanes }) => lanes)
  }

  #statuses(): Readonly<Record<StreamStatus, number>> {
    const counts = { live: 0, stale: 0, gapped: 0, syncing: 0 }
    for (const { status } of this.#parts.keepers.states.wanted) counts[status] += 1
    return counts
  }
}

/** Three decimals: microseconds, of what is ms. */
function rounded(interval: IntervalMetrics): IntervalMetrics {
  const entries = Object.entries(interval).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  ])
  return Object.fromEntries(entries) as IntervalMetrics
}
