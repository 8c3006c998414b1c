import type {
  ShownAlert,
  ShownConnection,
  ShownEvent,
  ShownGap,
  ShownStream,
  StateMessage,
  StreamTraffic,
  ToldConnection,
} from '../wire.js'

/** One feed as the page holds it: what the messages so far amount to. */
export interface FeedState extends Pick<StateMessage, 'at' | 'exchange' | 'metrics'> {
  readonly connections: readonly ShownConnection[]
  readonly streams: readonly ShownStream[]
  readonly alerts: readonly ShownAlert[]
  readonly gaps: readonly ShownGap[]
  readonly log: readonly ShownEvent[]
}

/** The feed after one more message. */
export function afterState(before: FeedState | undefined, message: StateMessage): FeedState {
  const { at, exchange, metrics, connections, streams, traffic, isWhole } = message
  const held = isWhole ? undefined : before
  const { alerts = held?.alerts ?? [], gaps = held?.gaps ?? [], log = held?.log ?? [] } = message
  return {
    at,
    exchange,
    metrics,
    connections: connections.map((one) => withSpans(held?.connections ?? [], one)),
    streams: withTraffic(withStates(held?.streams ?? [], streams), traffic, at),
    alerts,
    gaps,
    log,
  }
}

function withSpans(held: readonly ShownConnection[], { spans, ...told }: ToldConnection): ShownConnection {
  const known = held.find(({ connectionId }) => connectionId === told.connectionId)
  return { ...told, spans: spans ?? known?.spans ?? [] }
}

/** What changed takes the place that it had; what is new comes last. */
function withStates(held: readonly ShownStream[], told: readonly ShownStream[]): ShownStream[] {
  const streams = [...held]
  if (told.length === 0) return streams
  const places = new Map(held.map(({ id }, place) => [id, place]))
  for (const stream of told) streams[places.get(stream.id) ?? streams.length] = stream
  return streams
}

function withTraffic(streams: ShownStream[], traffic: readonly StreamTraffic[], at: number): readonly ShownStream[] {
  for (const [place, messagesPerSecond, quietMs] of traffic) {
    const stream = streams[place]
    if (stream === undefined) continue
    streams[place] = { ...stream, messagesPerSecond, lastMessageAt: quietMs === null ? null : at - quietMs }
  }
  return streams
}
