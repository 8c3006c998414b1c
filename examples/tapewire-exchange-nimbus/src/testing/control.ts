import type { Instrument } from '@tapewire/core'
import type { VenueControl } from '@tapewire/testkit'

/** The words that Nimbus shares with other emulations: it has no REST, no account and no pings of the client's. */
type SharedControl = Required<
  Pick<
    VenueControl,
    'refusePair' | 'listPair' | 'silenceAcks' | 'delayAcks' | 'skipUpdates' | 'spoilChecksum' | 'announceUpgrade'
  >
>

/** What can be made to go wrong at the emulated Nimbus, and how it stands now. */
export class NimbusControl implements SharedControl {
  readonly #refused = new Set<Instrument>()
  readonly #lost = new Map<Instrument, number>()
  readonly #spoiled = new Map<Instrument, number>()
  readonly #announce: (closeAfterMs: number | null) => void
  acksAreSilent = false
  ackDelayMs = 0
  heartbeatsAreSilent = false

  constructor(announce: (closeAfterMs: number | null) => void) {
    this.#announce = announce
  }

  refusePair(pair: Instrument): void {
    this.#refused.add(pair)
  }

  listPair(pair: Instrument): void {
    this.#refused.delete(pair)
  }

  refuses(pair: Instrument): boolean {
    return this.#refused.has(pair)
  }

  silenceAcks(isSilent: boolean = true): void {
    this.acksAreSilent = isSilent
  }

  delayAcks(delayMs: number): void {
    this.ackDelayMs = delayMs
  }

  /** Says nothing unasked but market data. `false` ends it. */
  silenceHeartbeats(isSilent: boolean = true): void {
    this.heartbeatsAreSilent = isSilent
  }

  skipUpdates(pair: Instrument, pushes: number = 1): void {
    this.#lost.set(pair, pushes)
  }

  /** Whether the push of now is one of those to lose. */
  losesUpdate(pair: Instrument): boolean {
    return countDown(this.#lost, pair)
  }

  spoilChecksum(pair: Instrument, pushes: number = 1): void {
    this.#spoiled.set(pair, pushes)
  }

  /** Whether the push of now is one of those whose checksum is to be wrong. */
  spoilsUpdate(pair: Instrument): boolean {
    return countDown(this.#spoiled, pair)
  }

  announceUpgrade(closeAfterMs?: number): void {
    this.#announce(closeAfterMs ?? null)
  }
}

/** Whether something is left to count, one less each time. */
function countDown(counts: Map<Instrument, number>, pair: Instrument): boolean {
  const left = counts.get(pair) ?? 0
  if (left === 0) return false
  counts.set(pair, left - 1)
  return true
}
