import { docsPage } from '../errors/docs-page.js'
import type { Alert, AlertKind } from '../model/alert.js'
import { adviceOf } from './advice.js'
import type { AlertSettings } from './alert-options.js'
import type { Judgement, Trouble } from './alert-rule.js'
import { formatMs } from './format.js'

/** How one kind of alert stands: raised once its trouble has lasted, cleared once it has been well for longer. */
export class AlertState {
  readonly kind: AlertKind
  readonly #exchange: string
  readonly #settings: AlertSettings
  /** What comes before the advice of the rule and of core. */
  readonly #advice: string | null
  #alert: Alert | null = null
  /** Since when there is trouble, or since when it is well, epoch ms; null where it is not. */
  #troubledSince: number | null = null
  #wellSince: number | null = null
  #raised = 0

  constructor(kind: AlertKind, exchange: string, settings: AlertSettings, advice: string | null) {
    this.kind = kind
    this.#exchange = exchange
    this.#settings = settings
    this.#advice = advice
  }

  /** As it is now; null while there is none. */
  get alert(): Alert | null {
    return this.#alert
  }

  /** How often it was raised. */
  get raised(): number {
    return this.#raised
  }

  /** Takes note of what a rule says. Returns what is to be told: null where nothing is new. */
  take(judgement: Judgement, nowMs: number): Alert | null {
    if (judgement === 'well') return this.#onWell(nowMs)
    this.#wellSince = null
    if (judgement !== 'neither') return this.#onTrouble(judgement, nowMs)
    if (this.#alert === null) this.#troubledSince = null
    return null
  }

  /** There is no alert, and nothing is told of that. */
  forget(): void {
    this.#alert = null
    this.#troubledSince = null
    this.#wellSince = null
  }

  #onTrouble(trouble: Trouble, nowMs: number): Alert | null {
    this.#troubledSince ??= nowMs
    const { raiseAfterMs } = this.#settings
    const before = this.#alert
    if (before === null && !trouble.isCertain && nowMs - this.#troubledSince < raiseAfterMs) return null
    const alert = this.#compose(trouble, before, nowMs)
    this.#alert = alert
    if (before === null) this.#raised += 1
    return before === null || before.severity !== alert.severity ? alert : null
  }

  #onWell(nowMs: number): Alert | null {
    this.#troubledSince = null
    const alert = this.#alert
    if (alert === null) return null
    this.#wellSince ??= nowMs
    if (nowMs - this.#wellSince < this.#settings.clearAfterMs) return null
    this.forget()
    const lastedMs = nowMs - alert.since
    return {
      ...alert,
      status: 'cleared',
      at: nowMs,
      reason: `well again, after ${formatMs(lastedMs)}: ${alert.reason}`,
    }
  }

  #compose(trouble: Trouble, before: Alert | null, nowMs: number): Alert {
    const { reason, advice, connectionId = null, stream = null, value = null, threshold = null, unit = null } = trouble
    // What was critical is not called a warning while it goes on: it would be told each time that it swings.
    const severity = before?.severity === 'critical' ? 'critical' : trouble.severity
    return {
      exchange: this.#exchange,
      kind: this.kind,
      status: 'raised',
      severity,
      reason,
      advice: this.#advice ?? advice ?? adviceOf(this.kind, this.#exchange),
      docs: docsPage(`alerts.md#${this.kind}`),
      since: before?.since ?? nowMs,
      at: nowMs,
      connectionId,
      stream,
      value,
      threshold,
      unit,
    }
  }
}
