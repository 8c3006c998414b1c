import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted, formatMs } from '../format.js'
import { RecentCount } from '../recent-count.js'

/** How long a handler that did not come back counts, s. */
const seconds = 60

/** What a backlog of is well again, as a share of its threshold: it is read on only once half of it is gone. */
const relief = 0.5

/** Fewer that were timed say nothing. */
const leastTimed = 10

/** The handler does not keep up: it takes long, messages wait for it and stay, or it does not come back in time. */
export class SlowHandlerRule implements AlertRule {
  readonly kind = 'slow-handler'
  readonly #settings: AlertSettings
  readonly #timeouts = new RecentCount(seconds)

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind !== 'error' || news.error.code !== 'ERR_HANDLER_TIMEOUT') return false
    this.#timeouts.add(nowMs)
    return true
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    const timeouts = this.#timeouts.total(nowMs)
    if (timeouts > 0) {
      return {
        severity: 'critical',
        reason: `the handler did not come back from ${counted(timeouts, 'message')} in the last minute within messageTimeoutMs`,
        isCertain: true,
        value: timeouts,
        threshold: 0,
        unit: 'messages',
      }
    }
    const backlog = this.#backlog(source)
    const time = this.#time(source)
    for (const judgement of [backlog, time]) if (typeof judgement !== 'string') return judgement
    return backlog === 'well' ? time : backlog
  }

  #backlog(source: AlertSource): Judgement {
    const value = source.pendingMessages()
    const { pendingMessages: threshold } = this.#settings
    if (value < threshold) return value < threshold * relief ? 'well' : 'neither'
    return {
      severity: 'warning',
      reason: `${counted(value, 'message')} wait for the handler`,
      isCertain: false,
      value,
      threshold,
      unit: 'messages',
    }
  }

  #time(source: AlertSource): Judgement {
    const { sampled = 0, p50Ms: value = 0 } = source.handlerTimes() ?? {}
    const { handlerMs: threshold } = this.#settings
    if (sampled < leastTimed || value < threshold) return value < threshold * relief ? 'well' : 'neither'
    return {
      severity: 'warning',
      reason: `the handler took ${formatMs(value)} and more with half of the ${counted(sampled, 'frame')} that were timed in the last minute; nothing else is done meanwhile`,
      isCertain: false,
      value,
      threshold,
      unit: 'ms',
    }
  }
}
