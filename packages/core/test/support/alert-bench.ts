import type { AlertAdvice } from '../../src/alert/advice.js'
import { type AlertOptions, resolveAlertOptions } from '../../src/alert/alert-options.js'
import type {
  AlertSource,
  HandlerTimes,
  MeasuredTraffic,
  WatchedGroup,
  WatchedLane,
} from '../../src/alert/alert-source.js'
import { AlertWatch } from '../../src/alert/alert-watch.js'
import type { Timer } from '../../src/clock/clock.js'
import { ManualClock } from '../../src/clock/manual-clock.js'
import { type ConnectionStateChange, noAttempt } from '../../src/connection/connection-options.js'
import type { Alert, AlertKind } from '../../src/model/alert.js'
import { ConnectionState } from '../../src/model/connection-state.js'
import type { Stream } from '../../src/model/stream.js'

/** A state of a connection, told as a manager tells it. */
export const change: ConnectionStateChange = {
  state: ConnectionState.Connected,
  previous: ConnectionState.Connecting,
  error: null,
  breaker: 'closed',
  ...noAttempt,
}

/** Nothing unusual, of ten messages. */
export const usual: MeasuredTraffic = {
  seconds: 10,
  messages: 1_000,
  p99ProcessingTimeMs: 0.4,
  complianceRate: 0.999,
  averageLagMs: 60,
}

/** A clock whose timers are late, as they are on an event loop that is kept from its work. */
class LateClock extends ManualClock {
  lateMs = 0

  override setTimer(delayMs: number, callback: () => void): Timer {
    return super.setTimer(delayMs + this.lateMs, callback)
  }
}

/** A watch over a feed that is whatever a test says. */
export class AlertBench {
  readonly clock: LateClock = new LateClock()
  readonly told: Alert[] = []
  readonly watch: AlertWatch
  /** What the next alerts are told to, besides. */
  onAlert: (alert: Alert) => void = () => {}
  lanes: WatchedLane[] = [lane('acme_spot#1')]
  groups: WatchedGroup[] = [{ id: 'acme_spot#1', state: ConnectionState.Connected, wanted: [] }]
  readonly books: Set<Stream> = new Set()
  readonly oddlyQuiet: Set<Stream> = new Set()
  pending = 0
  recent: MeasuredTraffic | null = usual
  handler: HandlerTimes | null = { sampled: 60, p50Ms: 0.05 }
  messages = 0
  unknown = 0
  readonly fallbacks: Map<string, number> = new Map()

  constructor(options: AlertOptions = {}, advice: AlertAdvice = {}) {
    this.watch = new AlertWatch({
      exchange: 'acme_spot',
      clock: this.clock,
      settings: resolveAlertOptions(options),
      source: this.#source(),
      advice,
      tell: (alert) => {
        this.told.push(alert)
        this.onAlert(alert)
      },
    })
    this.watch.start()
  }

  /** `raised warning latency`, of every alert that was told. */
  get lines(): readonly string[] {
    return this.told.map(({ status, severity, kind }) => `${status} ${severity} ${kind}`)
  }

  get active(): readonly AlertKind[] {
    return this.watch.active.map(({ kind }) => kind)
  }

  /** Streams of the one connection that there is. */
  carry(...wanted: readonly Stream[]): void {
    this.groups = [{ id: 'acme_spot#1', state: ConnectionState.Connected, wanted }]
  }

  pass(durationMs: number): void {
    this.clock.advance(durationMs)
  }

  /** Time passes a second at a time, before each of which something happens. */
  seconds(count: number, happen: () => void): void {
    for (let second = 0; second < count; second += 1) {
      happen()
      this.pass(1_000)
    }
  }

  #source(): AlertSource {
    return {
      wallTime: () => this.clock.wallTime(),
      lanes: () => this.lanes,
      groups: () => this.groups,
      isBook: (stream) => this.books.has(stream),
      whyOdd: (stream) => (this.oddlyQuiet.has(stream) ? 'usually busy' : null),
      pendingMessages: () => this.pending,
      handlerTimes: () => this.handler,
      lastTenSeconds: () => this.recent,
      lastMinute: () => this.recent,
      messages: () => this.messages,
      unknownMessages: () => this.unknown,
      fallbacks: () => this.fallbacks,
    }
  }
}

export function lane(id: string, parts: Partial<WatchedLane> = {}): WatchedLane {
  return {
    id,
    state: ConnectionState.Connected,
    breaker: 'closed',
    nextAttemptAt: null,
    givenUp: null,
    wasUp: true,
    ...parts,
  }
}
