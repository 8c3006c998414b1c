import type { Channel } from '@tapewire/core'
import type { VenueControl } from '../venue/venue-control.js'
import type { Lab } from './lab/lab.js'

/** `must`: feeds are wrong without it. `should`: they are right and could be better. */
export type CheckLevel = 'must' | 'should'

/** What a check is about: the first part of its id, and a row of the table. */
export const checkAreas = [
  'definition',
  'package',
  'options',
  'symbols',
  'plan',
  'subscription',
  'acknowledgement',
  'connection',
  'authentication',
  'heartbeat',
  'parser',
  'payload',
  'book',
  'recovery',
  'account',
  'lifecycle',
  'captures',
  'cost',
] as const

export type CheckArea = (typeof checkAreas)[number]

/**
 * What has to be there for a check to be run; it is skipped otherwise, and the reason is told.
 * - a channel: the definition declares it
 * - `venue`: there is a venue emulation; `venue.streams`: whose sessions say what they are subscribed to; `control.…`: it can be made to go wrong in that way
 * - `account`: the definition has `private()`, and the emulation an account and credentials for it
 * - `books`: its strategies keep order books; `listing`: it has `listInstruments()`
 * - `frames`: something to read, of the venue emulation or of captures
 * - `captures`: recorded traffic was given; `package`: the folder of its package is known
 */
export type Need =
  | Channel
  | 'venue'
  | 'venue.streams'
  | `control.${keyof VenueControl}`
  | 'account'
  | 'books'
  | 'listing'
  | 'frames'
  | 'captures'
  | 'package'

/** One thing an adapter has to get right, as data. */
export interface ConformanceCheck {
  /** `area.what`: stable, and what `--only` names. */
  readonly id: `${CheckArea}.${string}`
  /** What is true of an adapter that passes, as a fact. */
  readonly title: string
  readonly level: CheckLevel
  readonly needs: readonly Need[]
  /** The file of an adapter that is most likely wrong where it fails: `subscription.ts`. A failure that knows better says so itself. */
  readonly file: string
  /** The page and heading of the documentation that explain it: `writing-an-adapter.md#the-parser`. */
  readonly docs: string
  /** Throws a `CheckFailure` where it does not hold, anything else where the adapter threw. Everything it opens, the lab closes. */
  run(lab: Lab): void | Promise<void>
}
