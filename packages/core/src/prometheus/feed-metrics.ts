import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import type { StageTimes } from '../metrics/stages/stage-meter.js'
import { channels, traitsOf } from '../model/channel.js'
import { counter, counterBy, gauge, gaugeBy, histogram, type MetricSpec, seconds } from './metric-spec.js'

/** What a counter has before it counts: one that began with its first event would hide that from `increase()`. */
const zero = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [name, 0]))
const noDrops = zero([...channels, 'other'])
const noneSuperseded = zero(channels.filter((channel) => traitsOf(channel).onlyNewestCounts))

/** In seconds. */
function byStage({ stages }: PerformanceMetrics, ms: (times: StageTimes) => number): Readonly<Record<string, number>> {
  const { socketToParser, parser, handler } = stages
  return {
    socket_to_parser: seconds(ms(socketToParser)),
    parser: seconds(ms(parser)),
    handler: seconds(ms(handler)),
  }
}

/** What is told of a feed as a whole. */
export const feedMetrics: readonly MetricSpec<PerformanceMetrics>[] = [
  counterBy('channel', 'messages_total', 'Messages of the normalised channels', (all) => all.messagesByChannel),
  counter('other_messages_total', 'Valid messages outside the normalised channels', (all) => all.otherMessages),
  counter('unknown_messages_total', 'Well-formed messages that nobody knows', (all) => all.unknownMessages),
  counter(
    'error_messages_total',
    'Errors that the exchange sent, and frames that could not be read',
    (all) => all.errorMessages,
  ),
  counter('frames_total', 'Frames that came, heartbeats and acknowledgements included', (all) => all.frames),
  counter('received_bytes_total', 'Content of the frames that came', (all) => all.bytesReceived),
  counterBy('channel', 'dropped_messages_total', 'Messages that the overflow policy dropped', (all) => ({
    ...noDrops,
    ...all.droppedByChannel,
  })),
  counterBy(
    'channel',
    'superseded_messages_total',
    'Messages that made room for a newer one of their stream',
    (all) => ({ ...noneSuperseded, ...all.supersededByChannel }),
  ),
  gauge('pending_messages', 'Messages that wait for the handler', (all) => all.pendingMessages),
  gauge('pending_bytes', 'Bytes that wait for the handler', (all) => all.pendingBytes),

  histogram(
    'processing_seconds',
    'From the read of the socket to the return of the handler',
    (all) => all.processingTimes,
  ),
  counter('fast_messages_total', 'Messages handled in under 1 ms', (all) => all.sub1msMessages),
  counter('slow_messages_total', 'Messages that took 1 ms or longer', (all) => all.latencyViolations),
  gauge(
    'compliance_ratio',
    'Share of messages handled in under 1 ms, over the last minute',
    (all) => all.windows.last1min.complianceRate,
  ),
  gauge('lag_seconds', 'Our clock at receipt less the exchange’s time of the event, mean of ten seconds', (all) =>
    seconds(all.windows.last10s.averageLagMs),
  ),
  gauge('max_lag_seconds', 'Our clock at receipt less the exchange’s time of the event, most of a minute', (all) =>
    seconds(all.windows.last1min.maxLagMs),
  ),

  gaugeBy('stage', 'stage_mean_seconds', 'Where the time of a frame goes, over the last minute: mean', (all) =>
    byStage(all, ({ averageMs }) => averageMs),
  ),
  gaugeBy(
    'stage',
    'stage_p99_seconds',
    'Where the time of a frame goes, over the last minute: one in a hundred',
    (all) => byStage(all, ({ p99Ms }) => p99Ms),
  ),
  gaugeBy('stage', 'stage_max_seconds', 'Where the time of a frame goes, over the last minute: longest', (all) =>
    byStage(all, ({ maxMs }) => maxMs),
  ),

  counter('reconnections_total', 'Connections restored', (all) => all.reconnectionCount),
  counter('connection_failures_total', 'Connections lost', (all) => all.connectionFailures),
  histogram(
    'recovery_seconds',
    'From the loss of a connection until every stream was acknowledged again',
    (all) => all.recoveryTimes,
  ),
  counter('errors_total', 'What onError was told, and connections lost', (all) => all.errorCount),

  gauge('books', 'Order books that are kept', (all) => all.books),
  gauge('live_books', 'Order books that are live', (all) => all.liveBooks),
  counter('book_gaps_total', 'Order books that lost an update', (all) => all.gaps),
  counter('book_resyncs_total', 'Order books that became live again', (all) => all.resyncs),
  counter('crossed_books_total', 'Best bids that reached the best ask', (all) => all.crossedBooks),
  counter('book_divergences_total', 'Audits of order books that found a difference', (all) => all.divergences),
  counterBy('channel', 'gaps_total', 'Gaps of streams, those of order books among them', (all) => all.gapsByChannel),
  counter('lost_gaps_total', 'Gaps that were not made up for whole', (all) => all.lostGaps),
  counterBy(
    'channel',
    'backfilled_messages_total',
    'Messages that were fetched for a gap and delivered',
    (all) => all.backfilledByChannel,
  ),
  counter('stream_probes_total', 'Streams asked for again because they fell silent', (all) => all.streamProbes),
  counter(
    'silent_connections_total',
    'Connections replaced because nothing came on them any more',
    (all) => all.silentConnections,
  ),
  gauge('active_alerts', 'Alerts that are raised now', (all) => all.activeAlerts),
  counterBy('kind', 'alerts_total', 'Alerts that were raised', (all) => all.alertsByKind),
  counterBy(
    'wire_channel',
    'decoder_fallbacks_total',
    'Frames that the fast reader left to the reference decoder: their format has changed',
    (all) => all.decoderFallbacks,
  ),
  gauge('fast_decoders', '1 where fast readers are used, 0 where this process may not make code from strings', (all) =>
    Number(all.fastDecoders),
  ),

  counter('sockets_opened_total', 'WebSockets opened', (all) => all.socketsOpened),
  counter('rest_requests_total', 'REST requests sent, repeated ones included', (all) => all.restRequests),
  counter(
    'rest_requests_reused_total',
    'REST requests that went out on a connection which an earlier one had used',
    (all) => all.restRequestsReused,
  ),
  counter(
    'rest_requests_repeated_total',
    'REST requests sent once more, because a kept connection turned out to be ended',
    (all) => all.restRequestsRepeated,
  ),
  counter('address_lookups_total', 'Connects that asked where a host is', (all) => all.addressLookups),
  counter('addresses_from_cache_total', 'Hosts whose address was remembered', (all) => all.addressesFromCache),
  counter(
    'addresses_last_known_total',
    'Hosts whose last known address was used, because no new one came in time',
    (all) => all.addressesLastKnown,
  ),
  counter('address_lookup_failures_total', 'Failures of the machine’s resolver', (all) => all.addressLookupFailures),
]
