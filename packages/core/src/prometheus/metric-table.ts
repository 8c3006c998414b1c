import { connectionMetrics } from './connection-metrics.js'
import { feedMetrics } from './feed-metrics.js'
import type { MetricDescription } from './metric-spec.js'
import { processMetrics } from './process-metrics.js'
import { streamCounts, streamMetrics } from './stream-metrics.js'

/** What a metric is told of, by which its series are labelled. */
export type MetricSubject = keyof typeof labelsOf

/** One row of the table of metrics, with all its labels. */
export interface MetricRow extends MetricDescription {
  readonly subject: MetricSubject
}

/** The labels of each subject. Instruments are named with `perStream` alone. */
export const labelsOf = {
  process: [],
  feed: ['exchange', 'feed'],
  connection: ['exchange', 'feed', 'connection'],
  stream: ['exchange', 'feed', 'channel', 'symbol', 'stream'],
} as const

/** Every metric, in the order in which they are told. */
export const metricTable: readonly MetricRow[] = [
  ...rows('feed', [...feedMetrics, streamCounts]),
  ...rows('connection', connectionMetrics),
  ...rows('process', processMetrics),
  ...rows('stream', streamMetrics),
]

function rows(subject: MetricSubject, metrics: readonly MetricDescription[]): readonly MetricRow[] {
  return metrics.map(({ name, type, help, labels }) => ({
    subject,
    name,
    type,
    help,
    labels: [...labelsOf[subject], ...labels],
  }))
}
