import { ConnectionState } from '../../model/connection-state.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource, WatchedLane } from '../alert-source.js'
import { formatMs } from '../format.js'

/** A circuit breaker is open: a connection could not be restored in many attempts; or it was given up. */
export class BreakerOpenRule implements AlertRule {
  readonly kind = 'breaker-open'

  hear(news: AlertNews): boolean {
    return news.kind === 'connection' && (news.change.breaker === 'open' || news.change.state === ConnectionState.Error)
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    const lanes = source.lanes()
    const down = lanes.filter((lane) => isGivenUp(lane) || lane.breaker !== 'closed')
    const away = down.filter(({ state }) => state !== ConnectionState.Connected)
    const [first] = away
    // One that is connected has yet to prove itself, as its breaker wants it to.
    if (first === undefined) return down.length === 0 ? 'well' : 'neither'
    const isDelivering = source.groups().every(({ state }) => state === ConnectionState.Connected)
    const givenUp = away.filter(isGivenUp)
    const what = away.length === 1 ? first.id : `${away.length} of ${lanes.length} connections`
    const verb = away.length === 1 ? 'is' : 'are'
    return {
      severity: isDelivering ? 'warning' : 'critical',
      reason:
        givenUp.length > 0
          ? `${what} ${verb} down, ${givenUp.length === away.length ? '' : `${givenUp.length} of them `}given up for good (${givenUp[0]?.givenUp?.code})`
          : `${what} ${verb} down after many attempts in a row; ${nextAttempt(away, nowMs)}`,
      ...(givenUp.length > 0 ? { advice: givenUpAdvice } : {}),
      isCertain: true,
      connectionId: away.length === 1 ? first.id : null,
      value: away.length,
      threshold: 0,
      unit: 'connections',
    }
  }
}

function isGivenUp({ givenUp, wasUp }: WatchedLane): boolean {
  return givenUp !== null && wasUp
}

function nextAttempt(lanes: readonly WatchedLane[], nowMs: number): string {
  const times = lanes.map(({ nextAttemptAt }) => nextAttemptAt).filter((at) => at !== null)
  return times.length === 0
    ? 'an attempt is under way'
    : `the next is in ${formatMs(Math.max(0, Math.min(...times) - nowMs))}`
}

const givenUpAdvice =
  'Read the cause of the error (ERR_RECONNECT_EXHAUSTED), mend that, and create the feed anew: this one does not come back.'
