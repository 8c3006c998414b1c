import { ConnectionState } from '../../model/connection-state.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted } from '../format.js'
import { RecentCount } from '../recent-count.js'

/** How long it counts that a key has ended, s. */
const endedSeconds = 300

/** How long it counts that one was not renewed, s: that is told every ten minutes for as long as it lasts. */
const failingSeconds = 660

/** A listen key has ended, or is not renewed and about to: the streams of an account end with it. */
export class ListenKeyRule implements AlertRule {
  readonly kind = 'listen-key'
  readonly #ended = new RecentCount(endedSeconds)
  readonly #failing = new RecentCount(failingSeconds)
  #cause = ''

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind === 'error' && news.error.code === 'ERR_LISTEN_KEY_NOT_RENEWED') {
      this.#failing.add(nowMs)
      this.#cause = news.error.shortMessage
      return true
    }
    const isLost = news.kind === 'connection' && news.change.state === ConnectionState.Reconnecting
    if (!isLost || news.change.error?.code !== 'ERR_LISTEN_KEY_ENDED') return false
    // Each further attempt is about the same end.
    if (news.change.attempt === 1) this.#ended.add(nowMs)
    return news.change.attempt === 1
  }

  judge(_source: AlertSource, nowMs: number): Judgement {
    const ended = this.#ended.total(nowMs)
    const failing = this.#failing.total(nowMs)
    if (ended + failing === 0) return 'well'
    const what =
      failing > 0
        ? `a listen key is not renewed: ${this.#cause}`
        : `${counted(ended, 'connection')} of an account lost in the last five minutes because the listen key ended`
    return { severity: 'warning', reason: what, isCertain: true }
  }
}
