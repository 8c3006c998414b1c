import type { AlertAdvice } from '../alert/advice.js'
import { type AlertCounters, type AlertWatch, noAlerts } from '../alert/alert-watch.js'
import type { WebSocketManagerConfig } from '../config/manager-config.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import type { FlightRecorder } from '../flight/flight-recorder.js'
import type { Measurement } from '../metrics/measurement.js'
import { MessageType } from '../model/message-type.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { SilenceWatch } from '../stream/silence/silence-watch.js'
import type { MachineNetwork } from '../transport/machine-network.js'
import { ManagerMetrics } from './manager-metrics.js'
import type { ManagerEvent, ManagerEvents, WebSocketManagerOptions } from './manager-options.js'
import { PerformanceLog } from './performance-log.js'
import type { StreamKeepers } from './subscriptions.js'
import { newsOf, watchAlerts } from './watch-alerts.js'
import { watchSilence } from './watch-silence.js'

/** What there is to be looked at, and how. */
export interface LookoutParts {
  readonly exchange: string
  /** What is to be done about alerts, where the connection strategy knows better than core. */
  readonly advice: AlertAdvice | undefined
  readonly env: StrategyEnv
  readonly config: WebSocketManagerConfig
  readonly options: Pick<WebSocketManagerOptions, 'alerts'>
  readonly keepers: StreamKeepers
  readonly parsers: ConnectionParsers
  /** Null where nothing is measured. */
  readonly measurement: Measurement | null
  /** Null where the user brought a network. */
  readonly machine: MachineNetwork | null
  /** Null where nothing is kept. */
  readonly flight: FlightRecorder | null
}

/** Whoever looks at one manager at regular times, and takes no part in what it does message by message: silence, metrics, alerts, summaries, and the flight recorder. */
export class Lookout {
  readonly silence: SilenceWatch
  readonly metrics: ManagerMetrics
  /** Null where the user wants none. */
  readonly alerts: AlertWatch | null
  readonly #parts: LookoutParts
  readonly #performanceLog: PerformanceLog

  /** Throws `ERR_INVALID_CONFIG` for options of the alerts that cannot be meant. */
  constructor(parts: LookoutParts) {
    const { exchange, advice, env, config, options, keepers, parsers, measurement, machine } = parts
    const { clock, log } = env
    this.#parts = parts
    const silence = watchSilence(keepers, env, config.staleAfterMs)
    const counters = (): AlertCounters => this.alerts?.counters ?? noAlerts
    const metrics = new ManagerMetrics({ clock, measurement, keepers, silence, parsers, machine, alerts: counters })
    this.silence = silence
    this.metrics = metrics
    const { maxPendingMessages, summaryIntervalMs: intervalMs } = config
    const looked = { env, keepers, silence, parsers, metrics }
    this.alerts = watchAlerts(options, { exchange, advice, maxPendingMessages, ...looked })
    this.#performanceLog = new PerformanceLog({ clock, log, keepers, intervalMs })
  }

  start(): void {
    this.silence.start()
    this.metrics.start()
    this.alerts?.start()
    this.#performanceLog.start()
    this.#startRecorder()
  }

  /** The start failed: what was noted is forgotten. Resolves when the flight recorder has written what it had to. */
  async stop(): Promise<void> {
    this.silence.stop()
    this.metrics.stop()
    this.alerts?.clear()
    this.#performanceLog.stop()
    await this.#parts.flight?.close()
  }

  /** What happens from here on is the end, and no fault to be told or written down. Resolves when the flight recorder has written what it had to. */
  async close(): Promise<void> {
    this.alerts?.stop()
    const written = this.#parts.flight?.close()
    // Before the last summary, which counts what they leave.
    this.#parts.keepers.gaps.close()
    this.silence.stop()
    this.metrics.stop()
    this.#performanceLog.close()
    await written
  }

  /** The user was told something. */
  hear<Event extends ManagerEvent>(event: Event, payload: ManagerEvents[Event]): void {
    if (this.alerts === null) return
    const news = newsOf(event, payload, this.#parts.keepers.books)
    if (news !== null) this.alerts.hear(news)
  }

  #startRecorder(): void {
    const { env, flight, keepers, parsers } = this.#parts
    const { announcer, books, groups } = keepers
    flight?.begin({
      books: () => books?.withUpdates ?? [],
      unread: () => ({
        unknown: groups
          .metricsSources(env.clock.now())
          .reduce((sum, { meter }) => sum + meter.of(MessageType.Unknown), 0),
        fallbacks: parsers.fallbacks,
      }),
      tell: (event) => announcer.tell('flight', event),
      report: (error) => announcer.report(error),
    })
  }
}
