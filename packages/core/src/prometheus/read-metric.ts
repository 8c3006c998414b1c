import type { LatencyHistogram } from '../metrics/latency/latency-histogram.js'
import type { MetricDescription, Reading } from './metric-spec.js'

/** One value as prom-client writes it down. */
interface WrittenValue {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * A metric of prom-client that holds nothing: its values are read when they are asked for. prom-client’s own would have to be set for each scrape, would keep what is gone, and its histograms
 * count by themselves, message by message, what is counted already.
 */
export class ReadMetric {
  /** A registry for OpenMetrics takes the `_total` of counters off. */
  name: string
  readonly help: string
  readonly type: MetricDescription['type']
  readonly aggregator = 'sum'
  readonly #read: () => readonly Reading[]

  constructor(name: string, { help, type }: MetricDescription, read: () => readonly Reading[]) {
    this.name = name
    this.help = help
    this.type = type
    this.#read = read
  }

  /** As prom-client’s metrics are asked by their registry. */
  async get(): Promise<Pick<this, 'name' | 'help' | 'type' | 'aggregator'> & { readonly values: WrittenValue[] }> {
    const { name, help, type, aggregator } = this
    const values = this.#read().flatMap(({ labels, value }): readonly WrittenValue[] =>
      typeof value === 'number' ? [{ labels, value }] : writtenHistogram(name, labels, value),
    )
    return { name, help, type, aggregator, values }
  }

  /** Counters are not ours to reset. */
  reset(): void {}
}

/** Prometheus counts in each bucket all that is not longer than its bound, in seconds. */
function writtenHistogram(
  name: string,
  labels: Reading['labels'],
  { boundsMs, counts, count, sumMs }: LatencyHistogram,
): readonly WrittenValue[] {
  const metricName = `${name}_bucket`
  let sum = 0
  const buckets = boundsMs.map((boundMs, index) => {
    sum += counts[index] as number
    return { metricName, labels: { ...labels, le: String(boundMs / 1000) }, value: sum }
  })
  return [
    ...buckets,
    { metricName, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
