import type { Stream } from '@tapewire/core'
import type { EndedGap, GapOutcome, StrategyEnv } from '@tapewire/core/adapter'
import type { RelayedGap } from '../../encoding/records/gap.js'

/** What a relay said of a gap. Where it counts as one, several of ours may lie in it. */
interface Said {
  readonly outcome: GapOutcome
  /** Whether what was fetched is counted for one of them. */
  isCounted: boolean
}

/** A time that a stream was away at its relay. */
interface Absence {
  readonly relay: number
  /** Since when, epoch ms by the relay's clock. */
  readonly since: number
  /** Null until the relay has said what became of it. */
  said: Said | null
  /** Whether a gap of ours waits for that. */
  isAsked: boolean
}

interface OfStream {
  absences: Absence[]
  /** What is missing by another cause, since a gap was last told. */
  hole: string | null
  /** Lets those look again who wait. */
  readonly waiting: Set<() => void>
}

/** Absences of a stream that are remembered: one of which nothing is asked is forgotten at some time. */
const mostAbsences = 64

/**
 * What relays say of their own gaps, which are gaps here as well. A relay fetches what it missed and publishes it, and then what became of its gap: that is what became of ours, unless more went
 * missing on the way.
 */
export class RelayGaps {
  readonly #streams = new Map<Stream, OfStream>()
  /** When the last connection to NATS was there, epoch ms. */
  #connectedAt = Number.NEGATIVE_INFINITY

  /** What was published while there was no connection did not come. */
  noteConnection(now: number): void {
    this.#connectedAt = now
    for (const of of this.#streams.values()) breakOff(of, 'the connection to NATS was lost')
  }

  /** A stream is away at its relay. */
  noteAway(stream: Stream, relay: number, since: number): void {
    const { absences } = this.#of(stream)
    if (absences.some((one) => one.relay === relay && one.since === since)) return
    absences.push({ relay, since, said: null, isAsked: false })
    if (absences.length > mostAbsences) absences.shift()
  }

  /** A relay says what became of a gap. */
  noteGap(stream: Stream, relay: number, { to, action, backfilled, fault }: RelayedGap): void {
    const of = this.#streams.get(stream)
    if (of === undefined) return
    const said = { outcome: { action, backfilled, fault }, isCounted: false }
    for (const absence of of.absences) {
      if (absence.relay === relay && absence.said === null && (to === null || absence.since <= to)) absence.said = said
    }
    wake(of)
  }

  /** Something of a stream never came, or was not told. */
  noteHole(stream: Stream, reason: string): void {
    const of = this.#of(stream)
    of.hole ??= reason
    wake(of)
  }

  /** Whoever publishes the stream now was there before: nothing is missing, but what became of a gap of another, only that one could say. */
  noteTakeOver(stream: Stream): void {
    const of = this.#streams.get(stream)
    if (of !== undefined) breakOff(of, 'another relay took over before it was said what became of it')
  }

  /** What became of a gap in which the stream was away at its relay; null where it was not. Rejects with the signal's reason. */
  async outcomeOf({ stream, from, to }: EndedGap, { signal }: Pick<StrategyEnv, 'signal'>): Promise<GapOutcome | null> {
    const of = this.#streams.get(stream)
    if (of === undefined) return null
    const asked = of.absences.filter(({ isAsked }) => !isAsked)
    for (const absence of asked) absence.isAsked = true
    if (from < this.#connectedAt && this.#connectedAt <= to) breakOff(of, 'the connection to NATS was lost')
    while (of.hole === null && asked.some(({ said }) => said === null)) await nextWord(of, signal)
    of.absences = of.absences.filter((absence) => !asked.includes(absence))
    const { hole } = of
    of.hole = null
    if (asked.length === 0) return null
    const outcomes = [...new Set(asked.map(({ said }) => said))].filter((said) => said !== null).map(counted)
    return together(hole === null ? outcomes : [...outcomes, { action: 'lost', backfilled: 0, fault: hole }])
  }

  #of(stream: Stream): OfStream {
    const known = this.#streams.get(stream)
    if (known !== undefined) return known
    const of: OfStream = { absences: [], hole: null, waiting: new Set() }
    this.#streams.set(stream, of)
    return of
  }
}

/** Nobody will say any more what became of the absences. */
function breakOff(of: OfStream, reason: string): void {
  if (of.absences.every(({ said }) => said !== null)) return
  of.hole ??= reason
  wake(of)
}

function wake({ waiting }: OfStream): void {
  for (const look of waiting) look()
  waiting.clear()
}

function nextWord({ waiting }: OfStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const onAbort = (): void => {
      waiting.delete(look)
      reject(signal.reason)
    }
    const look = (): void => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    waiting.add(look)
  })
}

/** What was fetched for a gap of the relay is counted once. */
function counted(said: Said): GapOutcome {
  const { outcome, isCounted } = said
  said.isCounted = true
  return isCounted ? { ...outcome, backfilled: 0 } : outcome
}

function together(outcomes: readonly GapOutcome[]): GapOutcome {
  const [first, ...others] = outcomes
  if (first !== undefined && others.length === 0) return first
  const backfilled = outcomes.reduce((sum, outcome) => sum + outcome.backfilled, 0)
  const faults = outcomes.map(({ fault }) => fault).filter((fault) => fault !== null)
  const has = (action: GapOutcome['action']): boolean => outcomes.some((outcome) => outcome.action === action)
  if (faults.length === 0)
    return { action: has('backfilled') ? 'backfilled' : 'resynchronised', backfilled, fault: null }
  const isLost = outcomes.every(({ action }) => action === 'lost')
  return { action: isLost ? 'lost' : 'partly-backfilled', backfilled, fault: [...new Set(faults)].join('; ') }
}
