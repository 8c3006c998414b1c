import type { CheckResult } from '@tapewire/testkit'

/** What the process in which checks run tells the one that watches it, in this order. */
export type CheckNews =
  /** The code of a package is loaded. */
  | { readonly kind: 'loading'; readonly packageName: string }
  /** It is loaded, and these are its exchanges. */
  | {
      readonly kind: 'begun'
      readonly exchanges: readonly string[]
      /** Ids or areas; null for all. */
      readonly only: readonly string[] | null
      readonly checkTimeoutMs: number
      /** The file of the report for build servers; null where none is wanted. */
      readonly junit: string | null
    }
  /** The checks of the next exchange begin. */
  | { readonly kind: 'exchange' }
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'ended'; readonly result: CheckResult }
  /** The report of an exchange is printed. */
  | { readonly kind: 'printed' }

/** Told to the process of the checks for each Ctrl-C: a terminal tells both of it, and whoever sends a signal only the one that it knows of. */
export const interruptMessage = 'interrupt'
