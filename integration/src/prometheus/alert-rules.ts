/** A rule by which Prometheus raises an alert. */
export interface AlertRule {
  readonly alert: string
  readonly expr: string
  /** For how long it must be so: `5m`. */
  readonly for: string
  readonly severity: 'warning' | 'critical'
  /** What is so, one sentence without a full stop. */
  readonly summary: string
  /** What to do. */
  readonly advice: string
}

const byFeed = 'sum by (exchange, feed)'

/** What is worth waking somebody for (critical), or looking at in the morning (warning). */
export const alertRules: readonly AlertRule[] = [
  {
    alert: 'TapewireGone',
    expr: 'absent(tapewire_connection_up)',
    for: '5m',
    severity: 'critical',
    summary: 'No feed is measured',
    advice: 'See whether the program runs, and whether Prometheus reaches its port',
  },
  {
    alert: 'TapewireConnectionDown',
    expr: 'tapewire_connection_up == 0',
    for: '1m',
    severity: 'critical',
    summary: 'Connection {{ $labels.connection }} has been down for a minute',
    advice:
      'Run `tapewire doctor` on that machine: it says which step fails. The log has why, at `connection-lost` and `reconnect-failed`',
  },
  {
    alert: 'TapewireBreakerOpen',
    expr: 'tapewire_connection_breaker_open == 1',
    for: '5m',
    severity: 'critical',
    summary: 'The circuit breaker of {{ $labels.connection }} is open',
    advice: 'Attempts go on at its interval. Look at the status page of the exchange, and run `tapewire doctor`',
  },
  {
    alert: 'TapewireReconnects',
    expr: `${byFeed} (increase(tapewire_connection_failures_total[15m])) > 10`,
    for: '0m',
    severity: 'warning',
    summary: '{{ $value | humanize }} connections of {{ $labels.exchange }} were lost in 15 minutes',
    advice: 'Look at `kind` and `code` of `connection-lost` in the log, and at the network between',
  },
  {
    alert: 'TapewireStreamsGapped',
    expr: `${byFeed} (tapewire_streams{status!="live",status!="stale"}) > 0`,
    for: '5m',
    severity: 'critical',
    summary: '{{ $value | humanize }} streams of {{ $labels.exchange }} are not whole',
    advice: 'The log says why, at `stream-state` and `gap`; do not trade on these instruments until it is over',
  },
  {
    alert: 'TapewireStreamsStale',
    expr: `${byFeed} (tapewire_streams{status="stale"}) > 0`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanize }} streams of {{ $labels.exchange }} are silent',
    advice:
      'A thin market can be; look at `stream-quiet` in the log, which says whether the exchange has anything newer',
  },
  {
    alert: 'TapewireBooksNotLive',
    expr: 'tapewire_books - tapewire_live_books > 0',
    for: '5m',
    severity: 'critical',
    summary: '{{ $value | humanize }} order books of {{ $labels.exchange }} are not live',
    advice:
      'Look at `book-snapshot-failure` in the log: snapshots come over REST, which may refuse for the number of requests',
  },
  {
    alert: 'TapewireBookDivergence',
    expr: `${byFeed} (increase(tapewire_book_divergences_total[1h])) > 0`,
    for: '0m',
    severity: 'critical',
    summary: 'An order book of {{ $labels.exchange }} disagreed with a snapshot',
    advice: 'It is begun anew by itself. Report it with a dump of the flight recorder',
  },
  {
    alert: 'TapewireGapLost',
    expr: `${byFeed} (increase(tapewire_lost_gaps_total[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'Messages of {{ $labels.exchange }} were missed and could not be fetched',
    advice: 'The log has from when to when, at `gap`; fill the hole from another source',
  },
  {
    alert: 'TapewireMessagesDropped',
    expr: `${byFeed} (increase(tapewire_dropped_messages_total[15m])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: 'Messages of {{ $labels.exchange }} were dropped, because the handler is too slow',
    advice: 'Make the handler faster, subscribe to less, or choose another `overflowPolicy`',
  },
  {
    alert: 'TapewireBacklog',
    expr: 'tapewire_pending_messages > 500',
    for: '2m',
    severity: 'warning',
    summary: '{{ $value | humanize }} messages of {{ $labels.exchange }} wait for the handler',
    advice: 'The handler is slower than the market, or waits for something that is away',
  },
  {
    alert: 'TapewireSlow',
    expr: 'histogram_quantile(0.99, sum by (exchange, feed, le) (rate(tapewire_processing_seconds_bucket[5m]))) > 0.01',
    for: '10m',
    severity: 'warning',
    summary: 'One message in a hundred of {{ $labels.exchange }} takes more than {{ $value | humanizeDuration }}',
    advice: 'Compare the stages on the dashboard: they tell the machine, the parser and the handler apart',
  },
  {
    alert: 'TapewireCompliance',
    expr: 'tapewire_compliance_ratio < 0.95',
    for: '10m',
    severity: 'warning',
    summary: 'Only {{ $value | humanizePercentage }} of messages of {{ $labels.exchange }} are handled in under 1 ms',
    advice: 'Compare the stages on the dashboard: they tell the machine, the parser and the handler apart',
  },
  {
    alert: 'TapewireLag',
    expr: 'tapewire_lag_seconds > 2 or tapewire_lag_seconds < -2',
    for: '5m',
    severity: 'warning',
    summary: 'Messages of {{ $labels.exchange }} are {{ $value | humanizeDuration }} old when they come',
    advice: 'Look at the clock of this machine first (`tapewire doctor`), then at the way to the exchange',
  },
  {
    alert: 'TapewireFormatChanged',
    expr: `${byFeed} (rate(tapewire_decoder_fallbacks_total[15m])) / ${byFeed} (rate(tapewire_frames_total[15m])) > 0.01`,
    for: '15m',
    severity: 'warning',
    summary: 'Frames of {{ $labels.exchange }} do not look as they did',
    advice: 'They are read all the same, several times slower. Upgrade the adapter, or report it with a capture',
  },
  {
    alert: 'TapewireEventLoopBlocked',
    expr: 'tapewire_event_loop_delay_p99_seconds > 0.1',
    for: '5m',
    severity: 'warning',
    summary: 'Timers of the process come {{ $value | humanizeDuration }} late',
    advice:
      'Something computes for too long without a pause: take a profile (`node --cpu-prof`), and look at your handler first',
  },
  {
    alert: 'TapewireAlert',
    expr: 'tapewire_active_alerts > 0',
    for: '1m',
    severity: 'warning',
    summary: 'The feed of {{ $labels.exchange }} has raised {{ $value | humanize }} alerts of its own',
    advice: 'The log has each at `alert`, with its reason and what to do',
  },
  {
    alert: 'TapewireUnknownMessages',
    expr: `${byFeed} (increase(tapewire_unknown_messages_total[1h])) > 0`,
    for: '0m',
    severity: 'warning',
    summary: '{{ $labels.exchange }} sends messages that nobody knows',
    advice: 'Upgrade the adapter, or report it with a capture (`tapewire record`)',
  },
]

/** The rules as Prometheus reads them: YAML, whose strings are those of JSON. */
export function alertRulesYaml(docs: string): string {
  const text = (value: string): string => JSON.stringify(value)
  const rules = alertRules.flatMap(({ alert, expr, for: lasting, severity, summary, advice }) => [
    `      - alert: ${alert}`,
    `        expr: ${text(expr)}`,
    `        for: ${lasting}`,
    '        labels:',
    `          severity: ${severity}`,
    '        annotations:',
    `          summary: ${text(`${summary}.`)}`,
    `          description: ${text(`${advice}.`)}`,
    `          runbook_url: ${text(docs)}`,
  ])
  return ['groups:', '  - name: tapewire', '    rules:', ...rules, ''].join('\n')
}
