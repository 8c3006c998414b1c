import type { CheckResult } from '@tapewire/testkit'

/** What a worker is asked: to run these checks against the adapter in that file. */
export interface Job {
  readonly file: string
  readonly exchange: string
  /** Ids or areas; null for all. */
  readonly only: readonly string[] | null
  /** Whether the emulation is asked before the adapter is blamed, which takes a while. */
  readonly asksEmulation: boolean
}

/** What it answers: how each came out, or that the adapter could not even be loaded. */
export type Answer = { readonly checks: readonly CheckResult[] } | { readonly broken: string }
