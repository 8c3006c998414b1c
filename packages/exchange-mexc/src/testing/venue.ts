import type { Instrument } from '@tapewire/core'
import {
  AccountSimulator,
  type EmulatedVenue,
  exchangeClock,
  faultControl,
  randomInteger,
  type VenueClient,
  type VenueContext,
  type VenueRequest,
  type VenueResponse,
  type VenueSession,
} from '@tapewire/testkit'
import { AccountPushes } from './account/account-pushes.js'
import { IssuedListenKeys } from './account/listen-keys.js'
import { type MexcSpotVenueControl, noFaults, type VenueFaults } from './control.js'
import { wireNameOf } from './feeds/feed.js'
import { invalidListenKeyText } from './replies.js'
import { RestApi } from './rest/rest.js'
import { MexcSpotSession } from './session.js'
import { StreamHub } from './stream-hub.js'

/** While somebody listens to the account, something happens on it this often. */
const accountIntervalMs = 250

/** Source: MEXC spot v3 API docs, error codes. */
const unknownKeyCode = '10072'

/** MEXC's spot exchange from the server's side, over a simulated market and account. */
export class MexcSpotVenue implements EmulatedVenue {
  readonly exchange: string = 'mexc_spot'
  /** The account behind `demoCredentials`. */
  readonly account: AccountSimulator
  readonly control: MexcSpotVenueControl
  readonly #context: VenueContext
  readonly #pairs: ReadonlyMap<string, Instrument>
  readonly #faults: VenueFaults = noFaults()
  readonly #feeds: StreamHub
  readonly #listenKeys: IssuedListenKeys
  readonly #rest: RestApi
  readonly #sessions = new Set<MexcSpotSession>()
  readonly #stopListening: () => void
  #isAccountLive = false

  constructor(context: VenueContext) {
    const { market, clock, random } = context
    this.#context = context
    this.#pairs = new Map(market.pairs.map((pair) => [wireNameOf(pair), pair]))
    this.#feeds = new StreamHub({ market, clock })
    this.#listenKeys = new IssuedListenKeys(clock, random)
    this.account = new AccountSimulator({ market, clock, seed: randomInteger(random, 1, 0x7fff_ffff) })
    this.#rest = new RestApi({
      market,
      account: this.account,
      clock: exchangeClock(clock, this.#faults),
      pairs: this.#pairs,
      listenKeys: this.#listenKeys,
      faults: this.#faults,
      onRevoked: (listenKey) => this.#endSessions(listenKey),
    })
    const pushes = new AccountPushes(clock)
    this.#stopListening = this.account.listen((event) => {
      const push = pushes.compose(event)
      if (push === null) return
      for (const session of this.#sessions) session.deliverPrivate(push.stream, push.frame)
    })
    this.control = this.#createControl()
  }

  accept(client: VenueClient, request: VenueRequest): VenueSession | VenueResponse {
    if (request.url.pathname !== '/ws' && request.url.pathname !== '/') return { status: 404, body: '' }
    const listenKey = request.url.searchParams.get('listenKey')
    if (listenKey !== null && !this.#listenKeys.connect(listenKey)) {
      client.send(invalidListenKeyText)
      client.close()
      return { onMessage: () => {}, onClose: () => {} }
    }
    const { clock, random } = this.#context
    const session = new MexcSpotSession(client, {
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
    this.#rest.close()
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

  #mute(): void {
    for (const session of this.#sessions) session.mute()
  }

  #endSessions(listenKey: string): void {
    for (const session of this.#sessions) if (session.listenKey === listenKey) session.end()
  }

  #createControl(): MexcSpotVenueControl {
    const faults = this.#faults
    const listenKeys = this.#listenKeys
    return {
      ...faultControl(faults),
      requests: faults.requests,
      get listenKeys() {
        return listenKeys.live
      },
      muteAccount: () => this.#mute(),
      revokeApiKey: () => {
        faults.signedRefusal = unknownKeyCode
        this.#mute()
      },
      expireListenKeys: () => listenKeys.expireAll(),
      revokeListenKeys: () => {
        for (const listenKey of listenKeys.live) {
          listenKeys.revoke(listenKey)
          this.#endSessions(listenKey)
        }
      },
      renewEndedListenKeys: (isRenewed = true) => {
        faults.renewsEnded = isRenewed
      },
      spoilListenKeyLists: (how) => {
        faults.listSpoiling = how
      },
      reuseListenKeys: (isReused = true) => {
        listenKeys.reuses = isReused
      },
      stallStreams: (pair, until) => {
        for (const session of this.#sessions) session.stall(pair, until)
      },
      skipUpdates: (pair, pushes = 1) => this.#feeds.skip(pair, pushes),
      staleSnapshots: (requests) => this.#rest.keepImages(requests),
    }
  }
}

/** MEXC's spot exchange, for a `VenueServer`. */
export const mexcSpotVenue = (context: VenueContext): MexcSpotVenue => new MexcSpotVenue(context)
