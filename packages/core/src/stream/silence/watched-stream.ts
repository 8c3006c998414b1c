import { bitsOf, channels, traitsOf } from '../../model/channel.js'
import type { Stream, TrackedStream } from '../../model/stream.js'
import { Rhythm } from './rhythm.js'

/** A stream that is quiet for so many times as long as ever has fallen silent. */
const timesLongest = 4

/** One whose rhythm is not known and that need not push at all is asked about after this long, ms. */
const unknownRhythmMs = 3_600_000

/** How long what is asked for again has to come, from its acknowledgement on, ms. */
export const answerMs = 10_000

/** How long what the exchange says over REST may take to be pushed as well, ms. */
export const pushMs = 2_000

/** A stream is asked for again an hour after the last time at the earliest, ms; a day where nothing has come since for so long. */
const shortestWaitMs = 3_600_000
const longestWaitMs = 86_400_000

/** How long it counts at most that the exchange had nothing newer, ms. */
const longestEvenMs = 3_600_000

/** A busy one that came back, and has been heard in so many looks since, is no quiet pair: it waits for less, ms. */
const livelyLooks = 60
const livelyWaitMs = 300_000

/** A stream that is being asked for again. */
export interface Probe {
  /** Whether the subscription was ended for it, and begun anew. */
  isAnew: boolean
  /** Whether that has ended. */
  hasEnded: boolean
  /** Whether the exchange says over REST that it has gone on. */
  isLeftBehind: boolean
  /** Whether REST alone is asked, and not for the stream. */
  readonly isLookOnly: boolean
  /** When the exchange answered, epoch ms; null until then. */
  answeredAt: number | null
}

/** What one stream has been like: how long it is quiet, whether that is its way, and how often it was asked for again. */
export class WatchedStream {
  readonly stream: Stream
  readonly rhythm: Rhythm = new Rhythm()
  /** The number of the last look at which it was there. */
  look = 0
  probe: Probe | null = null
  readonly #tracked: TrackedStream
  /** When the present quiet began, as far as a look can tell: epoch ms. */
  #quietSince: number
  /** When it was last asked for, and how long it is not asked for after that. */
  #askedAt = Number.NEGATIVE_INFINITY
  #waitMs = 0
  /** Probes in a row that brought nothing, in the present quiet. */
  #inVain = 0
  /** Until when it counts that REST had nothing newer, epoch ms; null where it was not asked in the present quiet, or said otherwise. */
  #evenUntil: number | null = null
  /** Looks at which it was heard since it came back by being asked for; null where it did not. */
  #heardSinceBack: number | null = null

  constructor(stream: Stream, nowMs: number) {
    this.stream = stream
    this.#tracked = stream as TrackedStream
    this.#tracked.silentChecks = 1
    this.#quietSince = nowMs
  }

  /** Whether anything of it has come since the last time that this was asked. */
  takeHeard(): boolean {
    const isHeard = this.#tracked.silentChecks === 0
    this.#tracked.silentChecks += 1
    return isHeard
  }

  /** Nothing can be said of it at this look, nor of what it was asked where its connection is gone. */
  skipLook(nowMs: number, isGone: boolean): void {
    this.takeHeard()
    this.restart(nowMs)
    if (isGone) this.probe = null
  }

  /** A quiet that was its own is over. */
  noteHeard(nowMs: number): void {
    this.rhythm.note(nowMs - this.#quietSince)
    this.#heardAgain(nowMs)
  }

  /** A quiet is over that was no rhythm: it was ended by being asked for. */
  noteBack(nowMs: number): void {
    // A quiet pair may speak up by chance just then, and is to be known for quiet.
    if (!this.rhythm.isBusy) this.rhythm.note(nowMs - this.#quietSince)
    this.#heardAgain(nowMs)
    this.probe = null
    this.#heardSinceBack = 0
  }

  /** The quiet so far says nothing: from now on it begins anew. */
  restart(nowMs: number): void {
    this.#quietSince = nowMs
    this.#evenUntil = null
  }

  /** It was asked for, and nothing came. */
  noteInVain(): void {
    this.probe = null
    this.#inVain += 1
  }

  /** It is asked for again. */
  beginProbe(nowMs: number): Probe {
    this.probe = { isAnew: false, hasEnded: false, isLeftBehind: false, isLookOnly: false, answeredAt: null }
    this.#askedAt = nowMs
    this.#evenUntil = null
    this.#waitMs = Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(this.#inVain, 16))
    this.#heardSinceBack = null
    return this.probe
  }

  /** REST is asked about it once more. */
  beginLook(): Probe {
    this.probe = { isAnew: false, hasEnded: false, isLeftBehind: false, isLookOnly: true, answeredAt: null }
    this.#evenUntil = null
    return this.probe
  }

  /** The exchange has nothing newer. That says something for as long as it has been quiet until now, an hour at most. */
  noteEven(nowMs: number): void {
    this.probe = null
    this.#evenUntil = nowMs + Math.min(longestEvenMs, this.quietMs(nowMs))
  }

  /** Whether it is known that it is quiet because the exchange is. */
  isEven(nowMs: number): boolean {
    return this.#evenUntil !== null && nowMs < this.#evenUntil
  }

  /** Whether that was known in the present quiet, of the last look. */
  get wasEven(): boolean {
    return this.#evenUntil !== null
  }

  /** Before when it is not asked for again, epoch ms. */
  get nextProbeAt(): number {
    const isLively = this.rhythm.isBusy && this.#heardSinceBack !== null && this.#heardSinceBack >= livelyLooks
    return this.#askedAt + (isLively ? livelyWaitMs : this.#waitMs)
  }

  /** Whether it was asked for without effect before, in the present quiet. */
  get wasInVain(): boolean {
    return this.#inVain > 0
  }

  /** Whether silence of it says something at all: not where only an account's channels are wanted, which are quiet until something happens. */
  get isPublic(): boolean {
    return (this.#tracked.wanted & publicTypes) !== 0
  }

  /** Whether a channel of it is wanted that the exchange pushes on its own account. */
  get isRegular(): boolean {
    return (this.#tracked.wanted & regularTypes) !== 0
  }

  quietMs(nowMs: number): number {
    return nowMs - this.#quietSince
  }

  /** From which quiet on it is stale, ms: what pushes regularly no later than `staleAfterMs`. */
  staleMs(staleAfterMs: number): number {
    return this.isRegular ? Math.min(staleAfterMs, this.probeMs(staleAfterMs)) : this.probeMs(staleAfterMs)
  }

  /** From which quiet on it may have stalled, and is asked for again, ms. */
  probeMs(staleAfterMs: number): number {
    const silenceMs = this.rhythm.silenceMs(timesLongest)
    if (this.rhythm.isKnown) return silenceMs
    return this.isRegular
      ? Math.max(staleAfterMs, timesLongest * this.rhythm.longestMs)
      : Math.max(unknownRhythmMs, silenceMs)
  }

  #heardAgain(nowMs: number): void {
    this.#quietSince = nowMs
    this.#inVain = 0
    this.#evenUntil = null
    if (this.#heardSinceBack !== null) this.#heardSinceBack += 1
  }
}

const publicTypes = bitsOf(channels.filter((channel) => traitsOf(channel).scope === 'public'))
/** The channels that the exchange pushes on its own account. */
const regularTypes = bitsOf(channels.filter((channel) => traitsOf(channel).rhythm === 'regular'))
