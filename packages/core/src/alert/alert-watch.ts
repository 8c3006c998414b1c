import type { Clock, Timer } from '../clock/clock.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import { type Alert, type AlertKind, alertKinds } from '../model/alert.js'
import type { AlertAdvice } from './advice.js'
import type { AlertSettings } from './alert-options.js'
import type { AlertRule } from './alert-rule.js'
import type { AlertNews, AlertSource } from './alert-source.js'
import { AlertState } from './alert-state.js'
import { makeRules } from './rules/all-rules.js'

/** What a watch is made from, and who hears of what it finds. */
export interface AlertWatchParts {
  readonly exchange: string
  readonly clock: Clock
  readonly settings: AlertSettings
  readonly source: AlertSource
  /** What to do where that is not what core says. */
  readonly advice?: AlertAdvice
  /** An alert was raised, became critical or was cleared. */
  readonly tell: (alert: Alert) => void
}

/** What the metrics say of alerts. */
export type AlertCounters = Pick<PerformanceMetrics, 'activeAlerts' | 'alertsByKind'>

const kindsCounted = (countOf: (kind: AlertKind) => number): AlertCounters['alertsByKind'] =>
  Object.fromEntries(alertKinds.map((kind) => [kind, countOf(kind)])) as Record<AlertKind, number>

/** Those of a manager that watches over nothing. */
export const noAlerts: AlertCounters = { activeAlerts: 0, alertsByKind: kindsCounted(() => 0) }

/** How often everything is looked at, ms. */
const lookMs = 1_000

/**
 * Watches over one feed, and says what a person should know of it: every second by what is measured and counted, and at once by what happens. Of each kind there is one alert at most,
 * so that it takes as many words to say that a thousand streams are stale as that one is.
 */
export class AlertWatch {
  readonly #parts: AlertWatchParts
  readonly #watched: readonly { readonly rule: AlertRule; readonly state: AlertState }[]
  #timer: Timer | null = null
  #dueAt = 0

  constructor(parts: AlertWatchParts) {
    const { exchange, settings, advice = {} } = parts
    this.#parts = parts
    this.#watched = makeRules(settings).map((rule) => ({
      rule,
      state: new AlertState(rule.kind, exchange, settings, advice[rule.kind] ?? null),
    }))
  }

  /** Those that are raised now. */
  get active(): readonly Alert[] {
    return this.#watched.map(({ state }) => state.alert).filter((alert) => alert !== null)
  }

  get counters(): AlertCounters {
    const raised = new Map(this.#watched.map(({ state }) => [state.kind, state.raised]))
    return { activeAlerts: this.active.length, alertsByKind: kindsCounted((kind) => raised.get(kind) ?? 0) }
  }

  start(): void {
    if (this.#timer === null) this.#schedule()
  }

  /** What is raised stays so, as it was: nobody looks any more whether it is well again. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  /** What was raised is forgotten, and nothing told of it. */
  clear(): void {
    this.stop()
    for (const { state } of this.#watched) state.forget()
  }

  /** Something happened. What is an alert at once is told before this returns. */
  hear(news: AlertNews): void {
    if (this.#timer === null) return
    const now = this.#parts.clock.now()
    for (const { rule, state } of this.#watched) {
      const isNews = rule.hear?.(news, now) === true
      // What is raised already is brought up to date by the next look: there may be thousands of these a second.
      if (isNews && state.alert === null) this.#judge(rule, state, now)
    }
  }

  #schedule(): void {
    const { clock } = this.#parts
    this.#dueAt = clock.now() + lookMs
    this.#timer = clock.setTimer(lookMs, () => {
      const lateMs = clock.now() - this.#dueAt
      this.#schedule()
      this.hear({ kind: 'look', lateMs })
      this.#look()
    })
  }

  #look(): void {
    const now = this.#parts.clock.now()
    for (const { rule, state } of this.#watched) this.#judge(rule, state, now)
  }

  #judge(rule: AlertRule, state: AlertState, nowMs: number): void {
    // Whoever was told of another may have closed the feed.
    if (this.#timer === null) return
    const alert = state.take(rule.judge(this.#parts.source, nowMs), nowMs)
    if (alert !== null) this.#parts.tell(alert)
  }
}
