import type { AlertAdvice } from '../alert/advice.js'
import { resolveAlertOptions } from '../alert/alert-options.js'
import type { AlertNews, AlertSource } from '../alert/alert-source.js'
import { AlertWatch } from '../alert/alert-watch.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import type { Alert } from '../model/alert.js'
import { MessageType } from '../model/message-type.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { SilenceWatch } from '../stream/silence/silence-watch.js'
import type { ManagerBooks } from './manager-books.js'
import type { ManagerMetrics } from './manager-metrics.js'
import type { ManagerEvent, ManagerEvents, WebSocketManagerOptions } from './manager-options.js'
import type { StreamKeepers } from './subscriptions.js'

/** Whose alerts they are, and what they are seen by. */
export interface AlertsOwner {
  readonly exchange: string
  /** What the connection strategy says is to be done. */
  readonly advice: AlertAdvice | undefined
  readonly env: StrategyEnv
  readonly keepers: StreamKeepers
  readonly silence: SilenceWatch
  readonly parsers: ConnectionParsers
  readonly metrics: ManagerMetrics
  /** Messages that may wait for the handler: fewer than that are a backlog already. */
  readonly maxPendingMessages: number
}

/** The watch over one manager, which tells and logs its alerts; null where the user wants none. Throws `ERR_INVALID_CONFIG`. */
export function watchAlerts(
  { alerts = {} }: Pick<WebSocketManagerOptions, 'alerts'>,
  owner: AlertsOwner,
): AlertWatch | null {
  if (alerts === false) return null
  const settings = resolveAlertOptions(alerts)
  const { exchange, advice = {}, env, keepers, maxPendingMessages } = owner
  const pendingMessages = Math.min(settings.pendingMessages, Math.max(1, Math.floor(maxPendingMessages / 2)))
  return new AlertWatch({
    exchange,
    clock: env.clock,
    settings: { ...settings, pendingMessages },
    source: sourceOf(owner),
    advice,
    tell: (alert) => {
      log(env, alert)
      keepers.announcer.tell('alert', alert)
    },
  })
}

function sourceOf({ env, keepers, silence, parsers, metrics }: AlertsOwner): AlertSource {
  const { groups, books } = keepers
  const sum = (of: (source: MetricsSource) => number): number =>
    metrics.sources.reduce((total, one) => total + of(one), 0)
  return {
    wallTime: () => env.clock.wallTime(),
    lanes: () => groups.all.flatMap((group) => group.lanes),
    groups: () => groups.all,
    isBook: (stream) => books?.has(stream) === true,
    whyOdd: (stream, groupId) => silence.whyOdd(stream, groupId),
    pendingMessages: () => sum(({ pendingMessages }) => pendingMessages),
    handlerTimes: () => {
      const { stages } = metrics
      return stages === null ? null : { sampled: stages.sampled, p50Ms: stages.handler.p50Ms }
    },
    lastTenSeconds: () => metrics.windows?.last10s ?? null,
    lastMinute: () => metrics.windows?.last1min ?? null,
    messages: () => sum(({ meter }) => meter.messages),
    unknownMessages: () => sum(({ meter }) => meter.of(MessageType.Unknown)),
    fallbacks: () => parsers.fallbacks,
  }
}

/** What of the things that a user is told an alert may be about; null where none is. */
export function newsOf<Event extends ManagerEvent>(
  event: Event,
  payload: ManagerEvents[Event],
  books: ManagerBooks | null,
): AlertNews | null {
  const { gap, drop, error, connection, book }: Partial<ManagerEvents> = { [event]: payload }
  if (gap !== undefined) return { kind: 'gap', gap }
  if (drop !== undefined) return { kind: 'drop', connectionId: drop.connectionId, stream: drop.stream }
  if (error !== undefined) return { kind: 'error', error }
  if (connection !== undefined) return { kind: 'connection', connectionId: connection.connectionId, change: connection }
  if (book?.kind !== 'gap' && book?.kind !== 'divergence') return null
  const stream = books?.book(book.symbol)?.stream ?? null
  if (book.kind === 'gap') return { kind: 'book-gap', symbol: book.symbol, reason: book.reason, stream }
  return { kind: 'divergence', divergence: book, stream }
}

/** `error` needs a person. */
function log({ log }: StrategyEnv, { kind, status, severity, reason, connectionId, stream }: Alert): void {
  const line = { event: 'alert', kind, status, severity, reason, connectionId, stream: stream?.id ?? null }
  if (status === 'cleared') log.info(line)
  else if (severity === 'critical') log.error(line)
  else log.warn(line)
}
