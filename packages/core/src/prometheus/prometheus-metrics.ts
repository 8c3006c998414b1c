import { type Metric, Registry } from 'prom-client'
import { optionsChecker } from '../config/check-options.js'
import { StreamError } from '../errors/stream-error.js'
import { connectionMetrics } from './connection-metrics.js'
import { feedMetrics } from './feed-metrics.js'
import type { MetricSpec, Reading } from './metric-spec.js'
import { processMetrics } from './process-metrics.js'
import { ReadMetric } from './read-metric.js'
import { type MeasuredFeed, numbering, Scrape, type ScrapedFeed } from './scrape.js'
import { streamCounts, streamMetrics } from './stream-metrics.js'

/** How metrics are told to Prometheus. */
export interface PrometheusOptions {
  /** Where they are put: a registry of yours, with what else it has. Default a new one. */
  readonly register?: Registry
  /** What their names begin with: letters, digits, `_` and `:`, no digit first. Default `tapewire_`. */
  readonly prefix?: string
  /** Whether each stream has series of its own, labelled with its symbol: as many as you subscribe to. Default false. */
  readonly perStream?: boolean
  /** The label `feed`, which tells feeds of one exchange apart; no two of them may have the same. Default `1`, `2` and so on. */
  readonly nameOf?: (feed: MeasuredFeed) => string
}

const checkOptions = optionsChecker<PrometheusOptions>('The metrics cannot be told like this', {
  type: 'object',
  additionalProperties: false,
  properties: {
    register: { type: 'object' },
    prefix: { type: 'string', pattern: '^([a-zA-Z_:][a-zA-Z0-9_:]*)?$' },
    perStream: { type: 'boolean' },
    nameOf: {},
  },
})

/**
 * A registry of prom-client with the metrics of these feeds, read whenever it is asked for them. Of several, an array or a set is looked through at each scrape: what is taken out of it is not
 * told any more, and what is added is. Needs the package `prom-client`. Throws `ERR_INVALID_CONFIG` for options that cannot be meant, and prom-client’s error where the registry
 * has metrics of these names.
 *
 * @example
 * const registry = prometheusMetrics(feed)
 * createServer(async (_, response) => response.end(await registry.metrics())).listen(9_464, '127.0.0.1')
 */
export function prometheusMetrics(
  feeds: MeasuredFeed | Iterable<MeasuredFeed>,
  options: PrometheusOptions = {},
): Registry {
  checkOptions(options)
  const { register = new Registry(), prefix = 'tapewire_', perStream = false, nameOf = numbering() } = options
  const scrape = new Scrape(listOf(feeds), nameOf)
  const add = <Measured>(metric: MetricSpec<Measured>, subjects: Subjects<Measured>): void => {
    const read = (): readonly Reading[] =>
      subjects(scrape.feeds).flatMap(([subject, own]) =>
        metric.read(subject).map(({ labels, value }) => ({ labels: { ...own, ...labels }, value })),
      )
    // A registry only asks it for its values, as it asks its own.
    register.registerMetric(new ReadMetric(`${prefix}${metric.name}`, metric, read) as unknown as Metric)
  }
  for (const metric of [...feedMetrics, streamCounts]) add(metric, eachFeed)
  for (const metric of connectionMetrics) add(metric, theirConnections)
  for (const metric of processMetrics) add(metric, theProcess)
  if (perStream) for (const metric of streamMetrics) add(metric, theirStreams)
  return register
}

type Labels = Readonly<Record<string, string>>
/** What of some feeds is measured, each with its labels. */
type Subjects<Measured> = (feeds: readonly ScrapedFeed[]) => readonly (readonly [Measured, Labels])[]
type Metrics = ScrapedFeed['metrics']

const eachFeed: Subjects<Metrics> = (feeds) => feeds.map(({ exchange, feed, metrics }) => [metrics, { exchange, feed }])

const theirConnections: Subjects<Metrics['connections'][number]> = (feeds) =>
  feeds.flatMap(({ exchange, feed, metrics }) =>
    metrics.connections.map((one) => [one, { exchange, feed, connection: one.connectionId }] as const),
  )

/** All feeds measure the same process, each from its own beginning: the one that has counted most says most. */
const theProcess: Subjects<Metrics> = (feeds) => {
  const [first, ...others] = feeds.map(({ metrics }) => metrics)
  if (first === undefined) return []
  return [[others.reduce((most, one) => (one.gc.pauses > most.gc.pauses ? one : most), first), {}]]
}

const theirStreams: Subjects<Metrics['streams'][number]> = (feeds) =>
  feeds.flatMap(({ exchange, feed, metrics }) =>
    metrics.streams.map((one) => {
      const { channel, symbol, stream } = one
      return [one, { exchange, feed, channel, symbol: symbol?.name ?? '', stream: stream.id }] as const
    }),
  )

/** Throws `ERR_INVALID_CONFIG`. */
function listOf(feeds: MeasuredFeed | Iterable<MeasuredFeed>): () => Iterable<MeasuredFeed> {
  const given = feeds as Partial<MeasuredFeed & Iterable<MeasuredFeed>> | null | undefined
  if (typeof given?.getPerformanceMetrics === 'function') return () => [feeds as MeasuredFeed]
  if (typeof given?.[Symbol.iterator] === 'function') return () => feeds as Iterable<MeasuredFeed>
  throw new StreamError('ERR_INVALID_CONFIG', 'There is no feed to tell the metrics of.', {
    hint: 'Pass a feed, a manager, or an array or set of them.',
  })
}
