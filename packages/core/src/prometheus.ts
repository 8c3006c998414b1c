// What a feed measures, as Prometheus reads it. This entry alone needs the package `prom-client`.
export { type MetricRow, metricTable } from './prometheus/metric-table.js'
export { type PrometheusOptions, prometheusMetrics } from './prometheus/prometheus-metrics.js'
export type { MeasuredFeed } from './prometheus/scrape.js'
