import type { StoredStart } from '../../stored/stored-reader.js'
import type { Desk, Line, Lines } from '../transport/lines.js'
import { type AccountChannel, AccountLine } from './account-line.js'

/** What lines of an account are made with. */
export interface AccountLinesParts {
  /** The JetStream stream that keeps the account. */
  readonly stored: string
  /** By their subjects. */
  readonly channels: ReadonlyMap<string, AccountChannel>
  readonly start: StoredStart
}

/** The channels of one account, which are read where they are stored. */
export class AccountLines implements Lines {
  /** What is stored waits for whoever is slow. */
  readonly behindMs: number = 0
  readonly #desk: Desk
  readonly #parts: AccountLinesParts
  /** One for each channel at most, the last that was opened: one that has ended ignores everything. */
  readonly #lines = new Map<string, AccountLine>()
  #isPaused = false

  constructor(desk: Desk, parts: AccountLinesParts) {
    this.#desk = desk
    this.#parts = parts
  }

  open(subject: string, requestId: number): Line | null {
    const { stored, channels, start } = this.#parts
    const of = channels.get(subject)
    if (of === undefined) return null
    const line = new AccountLine({ desk: this.#desk, of, requestId, stored, start, isPaused: this.#isPaused })
    this.#lines.set(subject, line)
    return line
  }

  onBeat(relay: number): void {
    for (const line of this.#lines.values()) line.onBeat(relay)
  }

  pause(): void {
    this.#isPaused = true
    for (const line of this.#lines.values()) line.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const line of this.#lines.values()) line.resume()
  }
}
