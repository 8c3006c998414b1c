import { optionsChecker } from '../config/check-options.js'
import { type AlertKind, alertKinds } from '../model/alert.js'

/** When something is an alert; everything has a default that is quiet on a healthy feed. */
export interface AlertOptions {
  /** Kinds that are not watched; default none. */
  readonly ignore?: readonly AlertKind[]
  /** How long something must be wrong before it is an alert, where it could pass by itself, ms, 0 to 3,600,000; default 15,000. */
  readonly raiseAfterMs?: number
  /** How long it must be well before the alert is cleared, ms, 0 to 3,600,000; default 60,000. */
  readonly clearAfterMs?: number
  /** `latency`: the p99 of the processing time over the last ten seconds, ms; default 50. */
  readonly latencyP99Ms?: number
  /** `compliance`: the least share of messages that are processed in under 1 ms, over the last minute, 0 to 1; default 0.8. */
  readonly complianceRate?: number
  /** `stale-stream`: how long a stream that should bring something, by what is known of it or of others, may be stale, ms, 1,000 and more; default 60,000. */
  readonly staleMs?: number
  /** `gap`: how long a stream may be gapped, or a book synchronising, on a connection that is up, ms, 1,000 and more; default 120,000. */
  readonly gappedMs?: number
  /** `gap`: how often one book may lose an update within a minute, which it mends by itself, 1 and more; default 5. */
  readonly bookGaps?: number
  /** `drop`: how many messages may be dropped within a minute, 0 and more; default 0. */
  readonly drops?: number
  /** `schema-drift`: the share of what came in the last minute that was not read as it should be, 0 to 1; default 0.01. Fewer than ten are none. */
  readonly unreadableShare?: number
  /** `reconnect-storm`: how many attempts there may be to restore one connection within five minutes, 1 and more; default 5. */
  readonly reconnectAttempts?: number
  /** `clock-skew`: how far the clocks may certainly be apart, ms; default 2,000. */
  readonly clockSkewMs?: number
  /** `clock-skew`: how far behind the exchange's time of an event messages may be on average of ten seconds, ms; default 10,000. */
  readonly lagMs?: number
  /** `slow-handler`: how many messages may wait for it, 1 and more; default 500. */
  readonly pendingMessages?: number
  /** `slow-handler`: how long it may take before it returns, at half of the times of the last minute, ms; default 20. */
  readonly handlerMs?: number
  /** `event-loop-blocked`: how long the event loop may be kept from its work three times in a minute, ms; ten times as long is too long once. Default 500. */
  readonly eventLoopDelayMs?: number
}

/** Them with every default filled in. */
export type AlertSettings = Required<AlertOptions>

const defaults: AlertSettings = {
  ignore: [],
  raiseAfterMs: 15_000,
  clearAfterMs: 60_000,
  latencyP99Ms: 50,
  complianceRate: 0.8,
  staleMs: 60_000,
  gappedMs: 120_000,
  bookGaps: 5,
  drops: 0,
  unreadableShare: 0.01,
  reconnectAttempts: 5,
  clockSkewMs: 2_000,
  lagMs: 10_000,
  pendingMessages: 500,
  handlerMs: 20,
  eventLoopDelayMs: 500,
}

const hold = { type: 'integer', minimum: 0, maximum: 3_600_000 }
const share = { type: 'number', minimum: 0, maximum: 1 }
const milliseconds = { type: 'number', minimum: 0 }
const duration = { type: 'integer', minimum: 1_000 }
const count = (minimum: number): object => ({ type: 'integer', minimum })

const checkAlertOptions = optionsChecker<AlertOptions>('The options of alerts are not valid', {
  type: 'object',
  additionalProperties: false,
  properties: {
    ignore: { type: 'array', items: { type: 'string', enum: alertKinds } },
    raiseAfterMs: hold,
    clearAfterMs: hold,
    latencyP99Ms: milliseconds,
    complianceRate: share,
    staleMs: duration,
    gappedMs: duration,
    bookGaps: count(1),
    drops: count(0),
    unreadableShare: share,
    reconnectAttempts: count(1),
    clockSkewMs: milliseconds,
    lagMs: milliseconds,
    pendingMessages: count(1),
    handlerMs: milliseconds,
    eventLoopDelayMs: milliseconds,
  },
})

/** The options with every default filled in. Throws `ERR_INVALID_CONFIG`, naming all mistakes. */
export function resolveAlertOptions(options: AlertOptions = {}): AlertSettings {
  const isRecord = typeof options === 'object' && options !== null
  const given = isRecord
    ? Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
    : options
  checkAlertOptions(given)
  return { ...defaults, ...given }
}
