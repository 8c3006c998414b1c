import { Rhythm } from './rhythm.js'

/** A connection on which nothing comes for so many times as long as ever has fallen silent; a quiet one gets more time. */
const timesLongest = { busy: 4, quiet: 8 } as const

/** How long after it was replaced a connection is not replaced again, ms; doubled each time in a row, up to a day. */
const firstWaitMs = { busy: 300_000, quiet: 3_600_000 } as const
const longestWaitMs = 86_400_000

/** A connection that was heard in so many looks since it was replaced is well again. */
const wellAfterLooks = 60

/** What one connection has been like, all its streams taken together. */
export class WatchedConnection {
  readonly rhythm: Rhythm = new Rhythm()
  /** The number of the last look at which it was there. */
  look = 0
  #quietSince: number
  #replacements = 0
  #replacedAt: number | null = null
  #nextReplacementAt = Number.NEGATIVE_INFINITY
  #heardSince = 0

  constructor(nowMs: number) {
    this.#quietSince = nowMs
  }

  noteHeard(nowMs: number): void {
    this.rhythm.note(nowMs - this.#quietSince)
    this.#quietSince = nowMs
    this.#heardSince += 1
    if (this.#heardSince >= wellAfterLooks) this.#replacements = 0
  }

  /** The quiet so far says nothing: from now on it begins anew. */
  restart(nowMs: number): void {
    this.#quietSince = nowMs
  }

  quietMs(nowMs: number): number {
    return nowMs - this.#quietSince
  }

  /** From which quiet on it has fallen silent, ms. */
  get silenceMs(): number {
    return this.rhythm.silenceMs(this.#ofItsKind(timesLongest))
  }

  /** When it was last replaced, epoch ms; null where it never was. */
  get replacedAt(): number | null {
    return this.#replacedAt
  }

  /** Before when it is not replaced, epoch ms: one that is as silent afterwards is one of a quiet exchange. */
  get nextReplacementAt(): number {
    return this.#nextReplacementAt
  }

  noteReplaced(nowMs: number): void {
    this.#replacedAt = nowMs
    this.#nextReplacementAt =
      nowMs + Math.min(longestWaitMs, this.#ofItsKind(firstWaitMs) * 2 ** Math.min(this.#replacements, 16))
    this.#replacements += 1
    this.#heardSince = 0
  }

  #ofItsKind(each: { readonly busy: number; readonly quiet: number }): number {
    return this.rhythm.isBusy ? each.busy : each.quiet
  }
}
