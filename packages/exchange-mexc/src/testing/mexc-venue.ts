import type { Instrument } from '@tapewire/core'
import {
  AccountSimulator,
  randomInteger,
  type Venue,
  type VenueClient,
  type VenueContext,
  type VenueRequest,
  type VenueResponse,
  type VenueSession,
} from '@tapewire/testkit'
import { wireSymbolOf } from '../symbols.js'
import { AccountPushes } from './account-pushes.js'
import { invalidListenKeyReply } from './control-replies.js'
import { ListenKeyDesk } from './listen-key-desk.js'
import { RestApi } from './rest-api.js'
import { StreamFeeds } from './stream-feeds.js'
import { type MexcVenueControl, noFaults, type VenueFaults } from './venue-control.js'
import { MexcVenueSession } from './venue-session.js'

/** While somebody listens to the account, something happens on it this often. */
const accountIntervalMs = 250

/** MEXC's spot exchange from the server's side, over a simulated market and account. */
export class MexcVenue implements Venue {
  readonly exchange: string = 'mexc_spot'
  /** The account behind `demoCredentials`. It lives while somebody listens; `step()` moves it by hand. */
  readonly account: AccountSimulator
  readonly control: MexcVenueControl
  readonly #context: VenueContext
  readonly #pairs: ReadonlyMap<string, Instrument>
  readonly #faults: VenueFaults = noFaults()
  readonly #feeds: StreamFeeds
  readonly #listenKeys: ListenKeyDesk
  readonly #rest: RestApi
  readonly #sessions = new Set<MexcVenueSession>()
  readonly #stopListening: () => void
  #isAccountLive = false

  constructor(context: VenueContext) {
    const { market, clock, random } = context
    this.#context = context
    this.#pairs = new Map(market.pairs.map((pair) => [wireSymbolOf(pair), pair]))
    this.#feeds = new StreamFeeds({ market, clock })
    this.#listenKeys = new ListenKeyDesk(clock, random)
    this.#rest = new RestApi({
      market,
      clock,
      pairs: this.#pairs,
      listenKeys: this.#listenKeys,
      faults: this.#faults,
      onRevoked: (listenKey) => this.#endSessions(listenKey),
    })
    this.account = new AccountSimulator({ market, clock, seed: randomInteger(random, 1, 0x7fff_ffff) })
    const pushes = new AccountPushes(clock)
    this.#stopListening = this.account.listen((event) => {
      const { stream, frame } = pushes.compose(event)
      for (const session of this.#sessions) session.deliverPrivate(stream, frame)
    })
    this.control = this.#createControl()
  }

  accept(client: VenueClient, request: VenueRequest): VenueSession | VenueResponse {
    if (request.url.pathname !== '/ws' && request.url.pathname !== '/') return { status: 404, body: '' }
    const listenKey = request.url.searchParams.get('listenKey')
    if (listenKey !== null && !this.#listenKeys.connect(listenKey)) {
      client.send(invalidListenKeyReply)
      client.close()
      return { onMessage: () => {}, onClose: () => {} }
    }
    const { clock, random } = this.#context
    const session = new MexcVenueSession(client, {
      clock,
      random,
      pairs: this.#pairs,
      feeds: this.#feeds,
      faults: this.#faults,
      listenKeys: this.#listenKeys,
      listenKey,
      onChange: () => this.#reviewAccount(),
      onClosed: () => {
        this.#sessions.delete(session)
        this.#reviewAccount()
        if (listenKey !== null) this.#listenKeys.disconnect(listenKey)
      },
    })
    this.#sessions.add(session)
    return session
  }

  handle(request: VenueRequest): VenueResponse {
    return this.#rest.handle(request)
  }

  close(): void {
    this.account.stop()
    this.#stopListening()
    this.#feeds.close()
    for (const session of [...this.#sessions]) session.onClose()
  }

  /** The account moves by itself while anybody is subscribed to it, and rests otherwise. */
  #reviewAccount(): void {
    const isWatched = [...this.#sessions].some((session) => session.isPrivate)
    if (isWatched === this.#isAccountLive) return
    this.#isAccountLive = isWatched
    if (isWatched) this.account.start(accountIntervalMs)
    else this.account.stop()
  }

  #endSessions(listenKey: string): void {
    for (const session of this.#sessions) if (session.listenKey === listenKey) session.end()
  }

  #createControl(): MexcVenueControl {
    const faults = this.#faults
    const listenKeys = this.#listenKeys
    return {
      requests: faults.requests,
      get listenKeys() {
        return listenKeys.live
      },
      expireListenKeys: () => listenKeys.expireAll(),
      reuseListenKeys: (reuse = true) => {
        listenKeys.reuses = reuse
      },
      skipUpdates: (pair, pushes = 1) => this.#feeds.skip(pair, pushes),
      staleSnapshots: (requests) => this.#rest.keepImages(requests),
      refusePair: (pair) => void faults.refusedPairs.add(pair),
      listPair: (pair) => void faults.refusedPairs.delete(pair),
      refuseStream: (pattern) => void faults.refusedStreams.push(pattern),
      acceptStreams: () => {
        faults.refusedStreams = []
      },
      silenceAcks: (isSilent = true) => {
        faults.silentAcks = isSilent
      },
      delayAcks: (delayMs) => {
        faults.ackDelayMs = delayMs
      },
      silencePongs: (isSilent = true) => {
        faults.silentPongs = isSilent
      },
      blockRest: (how) => {
        faults.restBlock = how
      },
      refuseSigned: (code) => {
        faults.signedRefusal = code
      },
    }
  }
}

/** MEXC's spot exchange, for a `VenueServer`. */
export const mexcSpotVenue = (context: VenueContext): MexcVenue => new MexcVenue(context)
