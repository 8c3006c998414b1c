import type { Timer } from '@tapewire/core'
import {
  // #private
  AccountSimulator,
  // #end
  type FaultSwitches,
  faultSwitches,
  // #private
  randomInteger,
  // #end
  type Venue,
  type VenueClient,
  type VenueContext,
  type VenueResponse,
} from '@tapewire/testkit'
import { type NewexSpotVenueControl, venueControl } from './control.js'
import { NewexSpotSession } from './session.js'
// #private

/** While somebody is connected, something happens on the account this often. */
const accountIntervalMs = 250
// #end

/** Newex from the server's side, over a simulated market. */
export class NewexSpotVenue implements Venue {
  readonly exchange = 'newex_spot'
  readonly control: NewexSpotVenueControl
  // #private
  /** The account behind `demoCredentials`. */
  readonly account: AccountSimulator
  // #end
  readonly #context: VenueContext
  readonly #sessions = new Set<NewexSpotSession>()
  readonly #faults: FaultSwitches = faultSwitches()
  readonly #stopListening: readonly (() => void)[]
  readonly #closings = new Set<Timer>()

  constructor(context: VenueContext) {
    this.#context = context
    this.control = venueControl(this.#faults, this.#sessions, (closeAfterMs) => this.#announceUpgrade(closeAfterMs))
    const { market } = context
    // #private
    const { clock, random } = context
    this.account = new AccountSimulator({ market, clock, seed: randomInteger(random, 1, 0x7fff_ffff) })
    // #end
    this.#stopListening = [
      market.listen((event) => {
        for (const session of this.#sessions) session.onMarketEvent(event)
      }),
      // #private
      this.account.listen((event) => {
        for (const session of this.#sessions) session.onAccountEvent(event)
      }),
      // #end
    ]
  }

  accept(client: VenueClient): NewexSpotSession {
    const { clock, market } = this.#context
    const session = new NewexSpotSession(client, {
      clock,
      market,
      faults: this.#faults,
      onEnd: (ended) => this.#remove(ended),
    })
    this.#sessions.add(session)
    // #private
    if (this.#sessions.size === 1) this.account.start(accountIntervalMs)
    // #end
    return session
  }

  /** Left to write: Newex's REST API. */
  handle(): VenueResponse {
    return { status: 404, body: '{"reason":"there is no REST API"}' }
  }

  close(): void {
    for (const timer of this.#closings) timer.cancel()
    for (const session of [...this.#sessions]) session.onClose()
    for (const stop of this.#stopListening) stop()
  }

  #remove(session: NewexSpotSession): void {
    this.#sessions.delete(session)
    // #private
    if (this.#sessions.size === 0) this.account.stop()
    // #end
  }

  #announceUpgrade(closeAfterMs?: number): void {
    const told = [...this.#sessions]
    for (const session of told) session.announceEnd()
    if (closeAfterMs === undefined) return
    const timer = this.#context.clock.setTimer(closeAfterMs, () => {
      this.#closings.delete(timer)
      for (const session of told) session.end()
    })
    this.#closings.add(timer)
  }
}

/** Newex, for `startVenueServer({ venue: newexSpotVenue, … })`. */
export function newexSpotVenue(context: VenueContext): NewexSpotVenue {
  return new NewexSpotVenue(context)
}
