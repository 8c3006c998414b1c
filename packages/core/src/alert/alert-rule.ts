import type { AlertKind } from '../model/alert.js'
import type { Stream } from '../model/stream.js'
import type { AlertNews, AlertSource } from './alert-source.js'

/** Something is wrong. */
export interface Trouble {
  readonly severity: 'warning' | 'critical'
  /** What is so, with figures, for people. */
  readonly reason: string
  /** What to do about it, where that is not what the kind of alert says. */
  readonly advice?: string
  /** Whether it is an alert at once, rather than once it has lasted. */
  readonly isCertain: boolean
  /** Left out where it is about more than one, or none in particular. */
  readonly connectionId?: string | null
  readonly stream?: Stream | null
  readonly value?: number
  readonly threshold?: number
  readonly unit?: string
}

/**
 * What a rule makes of this moment: trouble; `well`; or neither, where it is better than what would raise an alert and not yet as good as what would clear it, so that one that swings
 * about its threshold is not raised and cleared all the time.
 */
export type Judgement = Trouble | 'well' | 'neither'

/** One thing that can go wrong with a feed, and how that shows. It knows nothing of how long it lasts. */
export interface AlertRule {
  readonly kind: AlertKind
  /** Whether this changes anything: then it is judged at once. */
  hear?(news: AlertNews, nowMs: number): boolean
  judge(source: AlertSource, nowMs: number): Judgement
}
