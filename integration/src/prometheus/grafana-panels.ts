/** One curve, or more, of a panel. */
export interface Query {
  readonly expr: string
  /** In Grafana’s words: `{{exchange}}`. */
  readonly legend: string
}

/** What one panel shows. */
export interface Panel {
  readonly title: string
  readonly kind: 'stat' | 'timeseries' | 'heatmap' | 'state-timeline'
  /** As Grafana names units: `s`, `bytes`, `percentunit`, `ops`. */
  readonly unit: string
  readonly queries: readonly Query[]
}

/** Panels under one heading. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** What is chosen at the top of the dashboard. */
const chosen = 'exchange=~"$exchange",feed=~"$feed"'
const own = '{{exchange}} {{feed}}'

/** A metric of the chosen feeds. */
const of = (name: string, more = ''): string => `tapewire_${name}{${chosen}${more}}`
const perSecond = (name: string, more = ''): string => `rate(${of(name, more)}[$__rate_interval])`
const inRange = (name: string): string => `sum(increase(${of(name)}[$__range]))`
const byFeed = (expr: string): string => `sum by (exchange, feed) (${expr})`
const quantile = (share: number, name: string): string =>
  `histogram_quantile(${share}, sum by (exchange, feed, le) (${perSecond(`${name}_bucket`)}))`

const stat = (title: string, expr: string, unit = 'short'): Panel => {
  return { title, kind: 'stat', unit, queries: [{ expr, legend: '' }] }
}
const lines = (title: string, unit: string, ...queries: readonly (readonly [string, string])[]): Panel => {
  return { title, kind: 'timeseries', unit, queries: queries.map(([expr, legend]) => ({ expr, legend })) }
}

/** The dashboard, from what one looks at first to what explains it. */
export const rows: readonly Row[] = [
  {
    title: 'Is the data good?',
    panels: [
      stat('Connections down', `sum(1 - ${of('connection_up')})`),
      stat('Streams not live', `sum(${of('streams', ',status!="live"')}) or vector(0)`),
      stat('Order books not live', `sum(${of('books')} - ${of('live_books')})`),
      stat('Gaps not made up for', inRange('lost_gaps_total')),
      stat('Messages dropped', inRange('dropped_messages_total')),
      stat('Under 1 ms, last minute', `min(${of('compliance_ratio')})`, 'percentunit'),
    ],
  },
  {
    title: 'Traffic',
    panels: [
      lines('Messages', 'ops', [`sum by (channel) (${perSecond('messages_total')})`, '{{channel}}']),
      lines(
        'Bytes and frames',
        'short',
        [byFeed(perSecond('received_bytes_total')), `bytes/s ${own}`],
        [byFeed(perSecond('frames_total')), `frames/s ${own}`],
      ),
      lines('Waiting for the handler', 'short', [of('pending_messages'), own]),
      lines('Waiting for the handler, bytes', 'bytes', [of('pending_bytes'), own]),
      lines(
        'Dropped and superseded',
        'ops',
        [`sum by (channel) (${perSecond('dropped_messages_total')})`, 'dropped {{channel}}'],
        [`sum by (channel) (${perSecond('superseded_messages_total')})`, 'superseded {{channel}}'],
      ),
      lines('Messages by connection', 'ops', [perSecond('connection_messages_total'), '{{connection}}']),
      lines('Bytes by connection', 'Bps', [perSecond('connection_received_bytes_total'), '{{connection}}']),
    ],
  },
  {
    title: 'Latency',
    panels: [
      lines(
        'Socket to handler',
        's',
        [quantile(0.5, 'processing_seconds'), `p50 ${own}`],
        [quantile(0.99, 'processing_seconds'), `p99 ${own}`],
        [quantile(0.999, 'processing_seconds'), `p99.9 ${own}`],
      ),
      {
        title: 'Socket to handler, how often',
        kind: 'heatmap',
        unit: 's',
        queries: [{ expr: `sum by (le) (${perSecond('processing_seconds_bucket')})`, legend: '{{le}}' }],
      },
      lines('Where the time goes, mean', 's', [of('stage_mean_seconds'), `{{stage}} ${own}`]),
      lines(
        'Where the time goes, slow ones',
        's',
        [of('stage_p99_seconds'), `p99 {{stage}} ${own}`],
        [of('stage_max_seconds'), `longest {{stage}} ${own}`],
      ),
      lines(
        'In time and not',
        'ops',
        [byFeed(perSecond('fast_messages_total')), `under 1 ms ${own}`],
        [byFeed(perSecond('slow_messages_total')), `1 ms or longer ${own}`],
      ),
      lines(
        'Behind the exchange’s clock',
        's',
        [of('lag_seconds'), `mean of 10 s ${own}`],
        [of('max_lag_seconds'), `most of a minute ${own}`],
      ),
    ],
  },
  {
    title: 'Connections',
    panels: [
      {
        title: 'Up',
        kind: 'state-timeline',
        unit: 'short',
        queries: [{ expr: of('connection_up'), legend: '{{connection}} {{feed}}' }],
      },
      lines('Lost', 'short', [`increase(${of('connection_losses_total')}[$__rate_interval])`, '{{connection}}']),
      lines(
        'Lost and restored',
        'short',
        [byFeed(`increase(${of('connection_failures_total')}[$__rate_interval])`), `lost ${own}`],
        [byFeed(`increase(${of('reconnections_total')}[$__rate_interval])`), `restored ${own}`],
      ),
      lines(
        'Time to recover',
        's',
        [quantile(0.5, 'recovery_seconds'), `p50 ${own}`],
        [quantile(0.99, 'recovery_seconds'), `p99 ${own}`],
        [of('connection_last_recovery_seconds'), 'last of {{connection}}'],
      ),
      lines('Restored, by connection', 'short', [of('connection_reconnections_total'), '{{connection}}']),
      lines('Share of time connected', 'percentunit', [of('connection_stability_ratio'), '{{connection}}']),
      lines('Asked for since', 's', [of('connection_uptime_seconds'), '{{connection}}']),
      lines('Breaker open', 'short', [of('connection_breaker_open'), '{{connection}}']),
      lines('Until the next attempt', 's', [
        `${of('connection_next_attempt_timestamp_seconds')} - time()`,
        '{{connection}}',
      ]),
      lines(
        'Streams by connection',
        'short',
        [of('connection_streams'), 'to carry {{connection}}'],
        [of('connection_active_streams'), 'acknowledged {{connection}}'],
      ),
      lines('Waiting, by connection', 'short', [of('connection_pending_messages'), '{{connection}}']),
      lines(
        'Which connection was first',
        'ops',
        [perSecond('connection_first_messages_total'), 'first {{connection}}'],
        [perSecond('connection_second_messages_total'), 'second {{connection}}'],
      ),
    ],
  },
  {
    title: 'Streams and order books',
    panels: [
      lines('Streams', 'short', [`sum by (status) (${of('streams')})`, '{{status}}']),
      lines('Order books', 'short', [of('books'), `kept ${own}`], [of('live_books'), `live ${own}`]),
      lines(
        'Gaps',
        'short',
        [`sum by (channel) (increase(${of('gaps_total')}[$__rate_interval]))`, '{{channel}}'],
        [`sum(increase(${of('lost_gaps_total')}[$__rate_interval]))`, 'not made up for'],
      ),
      lines('Fetched for gaps', 'ops', [`sum by (channel) (${perSecond('backfilled_messages_total')})`, '{{channel}}']),
      lines(
        'Order book events',
        'short',
        [byFeed(`increase(${of('book_gaps_total')}[$__rate_interval])`), `update lost ${own}`],
        [byFeed(`increase(${of('book_resyncs_total')}[$__rate_interval])`), `live again ${own}`],
        [byFeed(`increase(${of('crossed_books_total')}[$__rate_interval])`), `crossed ${own}`],
        [byFeed(`increase(${of('book_divergences_total')}[$__rate_interval])`), `diverged ${own}`],
      ),
      lines(
        'Silence',
        'short',
        [byFeed(`increase(${of('stream_probes_total')}[$__rate_interval])`), `streams asked for again ${own}`],
        [byFeed(`increase(${of('silent_connections_total')}[$__rate_interval])`), `connections replaced ${own}`],
      ),
    ],
  },
  {
    title: 'What is wrong',
    panels: [
      lines(
        'Alerts',
        'short',
        [of('active_alerts'), `raised now ${own}`],
        [`sum by (kind) (increase(${of('alerts_total')}[$__rate_interval]))`, '{{kind}}'],
      ),
      lines('Errors', 'short', [byFeed(`increase(${of('errors_total')}[$__rate_interval])`), own]),
      lines(
        'Messages outside the channels',
        'ops',
        [byFeed(perSecond('other_messages_total')), `other ${own}`],
        [byFeed(perSecond('unknown_messages_total')), `unknown ${own}`],
        [byFeed(perSecond('error_messages_total')), `error ${own}`],
      ),
      lines(
        'Left to the reference decoder',
        'ops',
        [`sum by (exchange, wire_channel) (${perSecond('decoder_fallbacks_total')})`, '{{exchange}} {{wire_channel}}'],
        [`1 - ${of('fast_decoders')}`, `no fast readers ${own}`],
      ),
    ],
  },
  {
    title: 'Network',
    panels: [
      lines(
        'REST requests',
        'reqps',
        [byFeed(perSecond('rest_requests_total')), `all ${own}`],
        [byFeed(perSecond('rest_requests_reused_total')), `on a used connection ${own}`],
        [byFeed(perSecond('rest_requests_repeated_total')), `repeated ${own}`],
      ),
      lines('WebSockets opened', 'short', [byFeed(`increase(${of('sockets_opened_total')}[$__rate_interval])`), own]),
      lines(
        'Addresses',
        'short',
        [byFeed(`increase(${of('address_lookups_total')}[$__rate_interval])`), `asked ${own}`],
        [byFeed(`increase(${of('addresses_from_cache_total')}[$__rate_interval])`), `remembered ${own}`],
        [byFeed(`increase(${of('addresses_last_known_total')}[$__rate_interval])`), `last known ${own}`],
        [byFeed(`increase(${of('address_lookup_failures_total')}[$__rate_interval])`), `failed ${own}`],
      ),
    ],
  },
  {
    title: 'The process',
    panels: [
      lines(
        'How late timers come',
        's',
        ['tapewire_event_loop_delay_p50_seconds', 'p50 {{instance}}'],
        ['tapewire_event_loop_delay_p99_seconds', 'p99 {{instance}}'],
        ['tapewire_event_loop_delay_max_seconds', 'latest {{instance}}'],
      ),
      lines('Event loop busy', 'percentunit', ['tapewire_event_loop_utilization_ratio', '{{instance}}']),
      lines('Pauses of the garbage collector', 'ops', [
        'sum by (instance, kind) (rate(tapewire_gc_pauses_total[$__rate_interval]))',
        '{{kind}} {{instance}}',
      ]),
      lines(
        'Time in pauses of the garbage collector',
        's',
        ['rate(tapewire_gc_pause_seconds_total[$__rate_interval])', 'seconds per second {{instance}}'],
        ['tapewire_gc_pause_max_seconds', 'longest {{instance}}'],
      ),
    ],
  },
]
