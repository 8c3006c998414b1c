import type { Timer } from '@tapewire/core'
import {
  type AccountEvent,
  AccountSimulator,
  type EmulatedVenue,
  exchangeClock,
  faultControl,
  randomInteger,
  type VenueClient,
  type VenueContext,
  type VenueRequest,
  type VenueResponse,
} from '@tapewire/testkit'
import { AccountOrders } from './account/account-orders.js'
import { accountRow } from './account/account-pushes.js'
import { OrderDesk } from './account/order-desk.js'
import { secondForms } from './account/second-forms.js'
import { type GateioSpotVenueControl, noFaults, type VenueFaults } from './control.js'
import { wireNameOf } from './feeds/feed.js'
import { type FindPair, streamKey } from './requests.js'
import { AccountEndpoints } from './rest/account-endpoints.js'
import { MarketEndpoints } from './rest/market-endpoints.js'
import { RestApi } from './rest/rest.js'
import { GateioSpotSession } from './session.js'
import { StreamHub } from './stream-hub.js'

/** While somebody listens to the account, something happens on it this often. */
const accountIntervalMs = 250

/** Source: Gate.io REST v4 docs, "Error Codes". */
const unknownKeyLabel = 'INVALID_KEY'

/** Gate.io's spot exchange from the server's side, over a simulated market and account. */
export class GateioSpotVenue implements EmulatedVenue {
  readonly exchange = 'gateio_spot'
  /** The account behind `demoCredentials`. */
  readonly account: AccountSimulator
  readonly control: GateioSpotVenueControl
  readonly #context: VenueContext
  readonly #hub: StreamHub
  readonly #orders: AccountOrders
  readonly #desk: OrderDesk
  readonly #markets: MarketEndpoints
  readonly #rest: RestApi
  readonly #sessions = new Set<GateioSpotSession>()
  readonly #faults: VenueFaults = noFaults()
  readonly #stopListening: readonly (() => void)[]
  readonly #closings: Timer[] = []
  #isAccountLive = false

  constructor(context: VenueContext) {
    const { market, clock, random } = context
    this.#context = context
    this.#hub = new StreamHub(context)
    this.account = new AccountSimulator({ market, clock, seed: randomInteger(random, 1, 0x7fff_ffff) })
    this.#orders = new AccountOrders(this.account)
    this.#desk = new OrderDesk(this.account, this.#orders, this.#findPair)
    const serverClock = exchangeClock(clock, this.#faults)
    this.#markets = new MarketEndpoints({ clock: serverClock, market, findPair: this.#findPair, faults: this.#faults })
    const account = new AccountEndpoints({ account: this.account, desk: this.#desk })
    this.#rest = new RestApi({ clock: serverClock, faults: this.#faults, markets: this.#markets, account })
    this.control = this.#makeControl()
    this.#stopListening = [
      market.listen((event) => this.#hub.onMarketEvent(event)),
      this.account.listen((event) => this.#pushAccountEvent(event)),
    ]
  }

  /** The path of mainnet needs its trailing slash. Source: Gate.io spot WebSocket v4 docs. */
  accept(client: VenueClient, request: VenueRequest): GateioSpotSession | VenueResponse {
    if (request.url.pathname === '/ws/v4') return { status: 404, body: 'Not Found' }
    const session = new GateioSpotSession(client, {
      clock: this.#context.clock,
      serverClock: exchangeClock(this.#context.clock, this.#faults),
      random: this.#context.random,
      hub: this.#hub,
      findPair: this.#findPair,
      desk: this.#desk,
      faults: this.#faults,
      onChange: () => this.#reviewAccount(),
      onEnd: (ended) => {
        this.#sessions.delete(ended)
        this.#reviewAccount()
      },
    })
    this.#sessions.add(session)
    return session
  }

  handle(request: VenueRequest): VenueResponse {
    return this.#rest.handle(request)
  }

  close(): void {
    for (const session of this.#sessions) session.onClose()
    for (const timer of this.#closings) timer.cancel()
    for (const stop of this.#stopListening) stop()
    this.#orders.close()
    this.account.stop()
    this.#hub.close()
  }

  readonly #findPair: FindPair = (wireSymbol) => {
    const pair = this.#context.market.pairs.find((candidate) => wireNameOf(candidate) === wireSymbol)
    return pair === undefined || this.#faults.refusedPairs.has(pair) ? null : pair
  }

  /** The account moves by itself while anybody is subscribed to it, and rests otherwise. */
  #reviewAccount(): void {
    const isWatched = [...this.#sessions].some((session) => session.isPrivate)
    if (isWatched === this.#isAccountLive) return
    this.#isAccountLive = isWatched
    if (isWatched) this.account.start(accountIntervalMs)
    else this.account.stop()
  }

  #pushAccountEvent(event: AccountEvent): void {
    const told = accountRow(event)
    if (told === null) return
    const { channel, pair, row } = told
    for (const [name, shape] of [[channel, row], ...secondForms(channel, row)] as const) {
      const keys = [streamKey(name, null), ...(pair === null ? [] : [streamKey(name, pair)])]
      this.#hub.publish(keys, name, [shape])
    }
  }

  #makeControl(): GateioSpotVenueControl {
    const faults = this.#faults
    return {
      ...faultControl(faults),
      muteAccount: () => this.#mute(),
      revokeApiKey: () => {
        faults.signedRefusal = unknownKeyLabel
        this.#mute()
      },
      announceUpgrade: (closeAfterMs) => this.#announceUpgrade(closeAfterMs),
      pushFullBook: (pair) => {
        for (const feed of this.#hub.feedsOf(pair)) feed.pushFull?.()
      },
      stallStreams: (pair, until) => {
        for (const session of this.#sessions) session.stall(pair, until)
      },
      skipUpdates: (pair, pushes = 1) => {
        for (const feed of this.#hub.feedsOf(pair)) feed.skip?.(pushes)
      },
      staleSnapshots: (requests) => this.#markets.books.keep(requests),
      wordRefusals: (words) => {
        faults.refusalWords = words
      },
    }
  }

  #mute(): void {
    for (const session of this.#sessions) session.mute()
  }

  #announceUpgrade(closeAfterMs?: number): void {
    const told = [...this.#sessions]
    const msg = 'The connection will soon be closed for a service upgrade. Please reconnect.'
    for (const session of told) session.push('spot.system', { type: 'upgrade', msg })
    if (closeAfterMs === undefined) return
    const end = (): void => {
      for (const session of told) session.end()
    }
    this.#closings.push(this.#context.clock.setTimer(closeAfterMs, end))
  }
}

/** Gate.io's spot exchange, for a `VenueServer`. */
export const gateioSpotVenue = (context: VenueContext): GateioSpotVenue => new GateioSpotVenue(context)
