import type { StreamError } from '@tapewire/core'
import type { ManagerEnv } from '@tapewire/core/adapter'
import type { ListenKeys } from './listen-keys.js'

/** What the upkeep of one connection is done with, and what it may ask for. */
export interface Upkeep {
  readonly env: ManagerEnv
  /** How often MEXC is asked which keys are valid, ms; 0 never. */
  readonly checkIntervalMs: number
  /** The key may not last, and delivers still. */
  readonly takeOver: (reason: string) => void
  /** The key has ended: its connections bring nothing any more. */
  readonly lost: (error: StreamError) => void
}

/** Who keeps a key alive. */
export interface Keeper extends Upkeep {
  readonly keys: ListenKeys
}

/** A time, by the clock it was read from: those who share a key need not share a clock. */
export interface Moment {
  readonly clock: ManagerEnv['clock']
  readonly at: number
}

/** The renewal of a key that is due: a timer, or the request under way. */
export interface Renewal {
  /** The lease of whoever does it. */
  readonly by: object
  readonly due: Moment
  cancel(): void
}

/** A key, who uses it, and when MEXC last said that it lives. */
export interface Entry {
  readonly listenKey: string
  readonly leases: Set<object>
  /** By their leases. */
  readonly keepers: Map<object, Keeper>
  confirmed: Moment
  renewal: Renewal | null
  /** When it was last told that renewals fail; null where the last one did not. */
  toldFailing: Moment | null
  /** Whether MEXC has listed it among the valid keys: only then is its absence news. */
  isListed: boolean
  /** Whether it was not listed, and never had been: its renewal says more, once. */
  isDoubted: boolean
  /** Why it has ended; null while it lives. */
  ended: StreamError | null
}

/** How long a moment is past, ms; below 0 for one to come. */
export function passedMs({ clock, at }: Moment): number {
  return clock.now() - at
}
