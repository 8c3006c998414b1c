import type { Instrument, Timer } from '@tapewire/core'
import {
  type AccountEvent,
  AccountSimulator,
  randomInteger,
  type Venue,
  type VenueClient,
  type VenueContext,
  type VenueRequest,
  type VenueResponse,
} from '@tapewire/testkit'
import { accountRow } from './account-rows.js'
import { wireNameOf } from './feeds/feed.js'
import { RestApi } from './rest.js'
import { GateioSession } from './session.js'
import { StreamHub } from './stream-hub.js'
import { type FindPair, streamKey } from './stream-request.js'

/** While somebody listens to the account, something happens on it this often. */
const accountIntervalMs = 250

/** What can be made to go wrong, as it does at Gate.io. */
export interface GateioVenueControl {
  /** Tells every connection of a coming upgrade; with `closeAfterMs`, closes those of now after that time. */
  announceUpgrade(closeAfterMs?: number): void
  /** Pushes the whole book of a market on every book stream. */
  pushFullBook(pair: Instrument): void
  /** Loses the next `pushes` of every book stream of a market: a gap. Default 1. */
  skipUpdates(pair: Instrument, pushes?: number): void
  /** Answers the next `requests` for a book from the books of now: a cache that lags. */
  staleSnapshots(requests: number): void
  /** Treats a market as unknown, until `listPair`. */
  refusePair(pair: Instrument): void
  listPair(pair: Instrument): void
  /** Keeps acknowledgements back, refusals too; requests are done all the same. `false` ends it. */
  silenceAcks(isSilent?: boolean): void
}

/** Gate.io's spot exchange from the server's side, over a simulated market and account. */
export class GateioVenue implements Venue {
  readonly exchange = 'gateio_spot'
  /** The account behind `demoCredentials`. It lives while somebody listens; `step()` moves it by hand. */
  readonly account: AccountSimulator
  readonly control: GateioVenueControl
  readonly #context: VenueContext
  readonly #hub: StreamHub
  readonly #rest: RestApi
  readonly #sessions = new Set<GateioSession>()
  readonly #refused = new Set<Instrument>()
  readonly #stopListening: readonly (() => void)[]
  readonly #closings: Timer[] = []
  #isSilent = false
  #isAccountLive = false

  constructor(context: VenueContext) {
    const { market, clock, random } = context
    this.#context = context
    this.#hub = new StreamHub(context)
    this.#rest = new RestApi({ clock, market, findPair: this.#findPair })
    this.account = new AccountSimulator({ market, clock, seed: randomInteger(random, 1, 0x7fff_ffff) })
    this.control = this.#makeControl()
    this.#stopListening = [
      market.listen((event) => this.#hub.onMarketEvent(event)),
      this.account.listen((event) => this.#pushAccountEvent(event)),
    ]
  }

  /** The path of mainnet needs its trailing slash. Source: Gate.io spot WebSocket v4 docs. */
  accept(client: VenueClient, request: VenueRequest): GateioSession | VenueResponse {
    if (request.url.pathname === '/ws/v4') return { status: 404, body: 'Not Found' }
    const session = new GateioSession(client, {
      clock: this.#context.clock,
      random: this.#context.random,
      hub: this.#hub,
      findPair: this.#findPair,
      isSilent: () => this.#isSilent,
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
    this.account.stop()
    this.#hub.close()
  }

  readonly #findPair: FindPair = (wireSymbol) => {
    const pair = this.#context.market.pairs.find((candidate) => wireNameOf(candidate) === wireSymbol)
    return pair === undefined || this.#refused.has(pair) ? null : pair
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
    const { channel, pair, row } = accountRow(event)
    const keys = [streamKey(channel, null), ...(pair === null ? [] : [streamKey(channel, pair)])]
    this.#hub.publish(keys, channel, [row])
  }

  #makeControl(): GateioVenueControl {
    return {
      announceUpgrade: (closeAfterMs) => this.#announceUpgrade(closeAfterMs),
      pushFullBook: (pair) => {
        for (const feed of this.#hub.feedsOf(pair)) feed.pushFull?.()
      },
      skipUpdates: (pair, pushes = 1) => {
        for (const feed of this.#hub.feedsOf(pair)) feed.skip?.(pushes)
      },
      staleSnapshots: (requests) => this.#rest.keepImages(requests),
      refusePair: (pair) => void this.#refused.add(pair),
      listPair: (pair) => void this.#refused.delete(pair),
      silenceAcks: (isSilent = true) => {
        this.#isSilent = isSilent
      },
    }
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
export const gateioSpotVenue = (context: VenueContext): GateioVenue => new GateioVenue(context)
