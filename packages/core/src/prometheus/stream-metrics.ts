import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { TrafficOfStream } from '../metrics/stream/stream-traffic.js'
import { counter, gauge, type MetricSpec, seconds } from './metric-spec.js'

/** How many streams of a feed there are, by what they bring and how they are. */
export const streamCounts: MetricSpec<PerformanceMetrics> = {
  name: 'streams',
  type: 'gauge',
  help: 'Subscribed streams, by channel and status (live, stale, gapped, syncing)',
  labels: ['channel', 'status'],
  read: ({ streams }) => {
    const counts = new Map<string, { channel: string; status: string; count: number }>()
    for (const { channel, status } of streams) {
      const key = `${channel} ${status}`
      const of = counts.get(key) ?? { channel, status, count: 0 }
      of.count += 1
      counts.set(key, of)
    }
    return [...counts.values()].map(({ channel, status, count }) => ({ labels: { channel, status }, value: count }))
  },
}

/** What is told of each stream, where that is asked for. */
export const streamMetrics: readonly MetricSpec<TrafficOfStream>[] = [
  counter('stream_messages_total', 'Messages of one stream', ({ messages }) => messages),
  gauge('stream_live', '1 while it is live, otherwise 0', ({ status }) => Number(status === 'live')),
  gauge('stream_last_message_timestamp_seconds', 'When its last message was received', (one) =>
    seconds(one.lastMessageAt),
  ),
  gauge('stream_lag_seconds', 'Our clock at its last message less the exchange’s time of the event', (one) =>
    seconds(one.lastLagMs),
  ),
  counter('stream_gaps_total', 'Gaps of one stream', ({ gaps }) => gaps),
  counter('stream_backfilled_messages_total', 'Messages fetched for its gaps', ({ backfilled }) => backfilled),
]
