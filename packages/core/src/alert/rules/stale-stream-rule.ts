import { ConnectionState } from '../../model/connection-state.js'
import type { Stream } from '../../model/stream.js'
import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertSource } from '../alert-source.js'
import { formatMs, nameOf } from '../format.js'

/** Streams bring nothing that should, by what is known of them or of others, and asking for them again did not help. A quiet pair is none of them. */
export class StaleStreamRule implements AlertRule {
  readonly kind = 'stale-stream'
  readonly #settings: AlertSettings

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    const { staleMs: threshold } = this.#settings
    const stale: { readonly stream: Stream; readonly groupId: string; readonly why: string }[] = []
    let all = 0
    for (const { id, state, wanted } of source.groups()) {
      all += wanted.length
      if (state !== ConnectionState.Connected) continue
      for (const stream of wanted) {
        const isStale = stream.status === 'stale' && nowMs - stream.since >= threshold
        const why = isStale ? source.whyOdd(stream, id) : null
        if (why !== null) stale.push({ stream, groupId: id, why })
      }
    }
    const [first] = stale
    if (first === undefined) return 'well'
    const longestMs = Math.max(...stale.map(({ stream }) => nowMs - stream.since))
    const groups = new Set(stale.map(({ groupId }) => groupId))
    const what = stale.length === 1 ? nameOf(first.stream) : `${stale.length} of ${all} streams`
    const also = stale.length === 1 ? first.stream.reason : `${nameOf(first.stream)} among them`
    return {
      severity: stale.length * 2 >= all ? 'critical' : 'warning',
      reason: `nothing comes on ${what}, ${first.why}: stale for ${formatMs(longestMs)} (${also})`,
      isCertain: true,
      connectionId: groups.size === 1 ? first.groupId : null,
      stream: stale.length === 1 ? first.stream : null,
      value: longestMs,
      threshold,
      unit: 'ms',
    }
  }
}
