import type { ProcessMetrics } from '../metrics/process/process-watch.js'
import { counter, counterBy, gauge, type MetricSpec, seconds } from './metric-spec.js'

/** What is told of the process, while a feed runs that measures: once, however many feeds it has. */
export const processMetrics: readonly MetricSpec<ProcessMetrics>[] = [
  gauge('event_loop_delay_p50_seconds', 'How late timers came, over the last half to whole minute: median', (one) =>
    seconds(one.eventLoop.delayP50Ms),
  ),
  gauge(
    'event_loop_delay_p99_seconds',
    'How late timers came, over the last half to whole minute: one in a hundred',
    (one) => seconds(one.eventLoop.delayP99Ms),
  ),
  gauge('event_loop_delay_max_seconds', 'How late timers came, over the last half to whole minute: latest', (one) =>
    seconds(one.eventLoop.delayMaxMs),
  ),
  gauge(
    'event_loop_utilization_ratio',
    'Share of the last ten seconds in which the event loop was busy',
    ({ eventLoop }) => eventLoop.utilization,
  ),
  counterBy('kind', 'gc_pauses_total', 'Pauses of the garbage collector', ({ gc }) => gc.byKind),
  counter('gc_pause_seconds_total', 'Time in pauses of the garbage collector', ({ gc }) => seconds(gc.totalMs)),
  gauge('gc_pause_max_seconds', 'Longest pause of the garbage collector', ({ gc }) => seconds(gc.maxMs)),
]
