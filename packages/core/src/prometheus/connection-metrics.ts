import type { ConnectionMetrics } from '../metrics/performance-metrics.js'
import { ConnectionState } from '../model/connection-state.js'
import { counter, gauge, type MetricSpec, seconds } from './metric-spec.js'

/** What is told of each connection. */
export const connectionMetrics: readonly MetricSpec<ConnectionMetrics>[] = [
  gauge('connection_up', '1 while the connection is up, otherwise 0', ({ state }) =>
    Number(state === ConnectionState.Connected),
  ),
  gauge('connection_breaker_open', '1 while its circuit breaker is open or half-open, otherwise 0', ({ breaker }) =>
    Number(breaker !== 'closed'),
  ),
  gauge(
    'connection_next_attempt_timestamp_seconds',
    'When the next attempt to restore it begins; absent while none waits',
    ({ nextAttemptAt }) => seconds(nextAttemptAt),
  ),
  gauge('connection_streams', 'Streams that it is to carry', ({ streams }) => streams),
  gauge(
    'connection_active_streams',
    'Streams that the exchange has acknowledged',
    ({ activeStreams }) => activeStreams,
  ),
  gauge('connection_uptime_seconds', 'Time since it was first asked for', ({ uptimeMs }) => seconds(uptimeMs)),
  gauge(
    'connection_stability_ratio',
    'Share of that time in which it was connected',
    ({ connectionStability }) => connectionStability,
  ),
  counter('connection_messages_total', 'Messages that came on it', ({ messagesProcessed }) => messagesProcessed),
  counter('connection_received_bytes_total', 'Content of the frames that came on it', (one) => one.bytesReceived),
  counter('connection_reconnections_total', 'Times that it was restored', ({ reconnectionCount }) => reconnectionCount),
  counter('connection_losses_total', 'Times that it was lost', ({ connectionFailures }) => connectionFailures),
  gauge('connection_last_recovery_seconds', 'From its last loss until every stream was acknowledged again', (one) =>
    seconds(one.lastRecoveryMs),
  ),
  gauge('connection_pending_messages', 'Messages of it that wait for the handler', (one) => one.pendingMessages),
  counter(
    'connection_first_messages_total',
    'Messages that it brought before the other connection with the same streams',
    ({ arrivals }) => arrivals?.first ?? null,
  ),
  counter(
    'connection_second_messages_total',
    'Messages that the other connection with the same streams had brought before',
    ({ arrivals }) => arrivals?.second ?? null,
  ),
]
