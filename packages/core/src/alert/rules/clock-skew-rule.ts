import type { ErrorCode } from '../../errors/error-codes.js'
import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement, Trouble } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted, formatMs } from '../format.js'
import { RecentCount } from '../recent-count.js'
import { leastMessages, relief } from './thresholds.js'

/** How long it counts that the exchange refused a time of ours, s. */
const refusedSeconds = 300

/** What the exchange said of its clock. */
interface Measured {
  readonly offsetMs: number
  readonly uncertaintyMs: number
  /** By how much the wall clock was ahead of the clock that never steps. */
  readonly wallAheadMs: number
}

/** This machine's clock is not the exchange's, as the exchange says, or as the times of its messages show. */
export class ClockSkewRule implements AlertRule {
  readonly kind = 'clock-skew'
  readonly #settings: AlertSettings
  readonly #refused = new RecentCount(refusedSeconds)
  #news: Extract<AlertNews, { kind: 'clock' }> | null = null
  #measured: Measured | null = null

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind === 'clock') {
      this.#news = news
      return true
    }
    if (codeOf(news) !== 'ERR_CLOCK_SKEW') return false
    this.#refused.add(nowMs)
    return true
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    return this.#refusal(nowMs) ?? this.#offset(source, nowMs) ?? this.#lag(source)
  }

  #refusal(nowMs: number): Trouble | null {
    const value = this.#refused.total(nowMs)
    if (value === 0) return null
    return {
      severity: 'critical',
      reason: `the exchange refused the time of ${counted(value, 'request')} in the last five minutes: this machine’s clock is not the exchange’s`,
      isCertain: true,
      value,
      threshold: 0,
      unit: 'requests',
    }
  }

  /** A clock that was set since it was compared is no longer as wrong as it was then. */
  #offset(source: AlertSource, nowMs: number): Trouble | null {
    const wallAheadMs = source.wallTime() - nowMs
    const news = this.#news
    if (news !== null) this.#measured = { ...news, wallAheadMs }
    this.#news = null
    if (this.#measured === null) return null
    const { offsetMs, uncertaintyMs } = this.#measured
    const value = offsetMs - (wallAheadMs - this.#measured.wallAheadMs)
    const threshold = this.#settings.clockSkewMs
    if (Math.abs(value) - uncertaintyMs <= threshold) return null
    return {
      severity: 'warning',
      reason: `this machine’s clock is ${formatMs(Math.abs(value))} ${value > 0 ? 'behind' : 'ahead of'} the exchange’s, give or take ${formatMs(uncertaintyMs)}, as that said when it was asked`,
      isCertain: true,
      value,
      threshold,
      unit: 'ms',
    }
  }

  #lag(source: AlertSource): Judgement {
    const { clockSkewMs, lagMs } = this.#settings
    const { messages = 0, averageLagMs: value = null } = source.lastTenSeconds() ?? {}
    if (value === null || messages < leastMessages) return 'well'
    if (value < -clockSkewMs) {
      return {
        severity: 'warning',
        reason: `messages of the last ten seconds arrived ${formatMs(-value)} before they were sent, on average: this process’s clock is behind by that much at least`,
        advice: processClock,
        isCertain: false,
        value,
        threshold: -clockSkewMs,
        unit: 'ms',
      }
    }
    if (value > lagMs) {
      return {
        severity: 'warning',
        reason: `messages of the last ten seconds arrived ${formatMs(value)} after what they tell of, on average: this process’s clock is ahead, or they come late`,
        advice: processClock,
        isCertain: false,
        value,
        threshold: lagMs,
        unit: 'ms',
      }
    }
    return value < -clockSkewMs * relief || value > lagMs * relief ? 'neither' : 'well'
  }
}

/** Of a connection that is lost only the attempt that follows counts: its other states have the same error. */
function codeOf(news: AlertNews): ErrorCode | null {
  if (news.kind === 'error') return news.error.code
  return news.kind === 'connection' && news.change.attempt !== null ? (news.change.error?.code ?? null) : null
}

const processClock =
  'Compare the clocks with `tapewire doctor`. Where this machine’s is wrong, synchronise it (NTP) and start the process anew: it measures from its start. Where it is right, what comes is late: look at the network, and at the exchange’s status page.'
