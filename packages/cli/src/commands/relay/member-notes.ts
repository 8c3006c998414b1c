import type { Clock, StreamError, Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import type { OwnedByMember } from '@tapewire/relay-nats'
import type { RelayNotes } from './running-relay.js'

/** What a member has comes share by share: it is told once nothing has changed for so long, ms. */
const settledAfterMs = 500
/** What is tried again and again fails of the same: it is told once in this time, ms. */
const repeatedAfterMs = 60_000
/** How many instruments are named. */
const mostNamed = 8

/** Says on standard error how a member of a group gets on. */
export class MemberNotes {
  readonly #notes: RelayNotes
  readonly #clock: Clock
  readonly #instruments: number
  #settling: Timer | null = null
  #warned: { readonly text: string; readonly at: number } | null = null

  /** `instruments` is how many the group has. */
  constructor(notes: RelayNotes, instruments: number, clock: Clock = systemClock) {
    this.#notes = notes
    this.#instruments = instruments
    this.#clock = clock
  }

  onError(error: StreamError): void {
    const [text, at] = [error.message, this.#clock.now()]
    if (this.#warned?.text === text && at - this.#warned.at < repeatedAfterMs) return
    this.#warned = { text, at }
    this.#notes.warn(error)
  }

  onOwned(owned: OwnedByMember): void {
    this.end()
    this.#settling = this.#clock.setTimer(settledAfterMs, () => this.#notes.note(this.#textOf(owned)))
  }

  /** What comes at the end is no news. */
  end(): void {
    this.#settling?.cancel()
    this.#settling = null
  }

  #textOf({ symbols, accounts }: OwnedByMember): string {
    const named = symbols.slice(0, mostNamed)
    if (symbols.length > mostNamed) named.push(`${symbols.length - mostNamed} more`)
    const names = named.length === 0 ? '' : ` (${named.join(', ')})`
    const market = this.#instruments === 0 ? [] : [`${symbols.length} of ${this.#instruments} instruments${names}`]
    const parts = [...market, ...accounts.map((account) => `the account ${account}`)]
    return `Published here: ${parts.length === 0 ? 'no account' : parts.join(', ')}`
  }
}
