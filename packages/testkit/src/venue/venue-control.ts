import type { Instrument } from '@tapewire/core'
import type { AccountSimulator } from '../market/account-simulator.js'
import type { Venue } from './venue.js'

/** What may be wrong with a snapshot over REST: no levels, no update id, a price that is no number, or a body without an end. */
export type SnapshotFault = 'empty' | 'without-id' | 'not-a-number' | 'endless'

/** What ends a stall: that the stream is subscribed once more, that its subscription is ended and begun anew, or a new connection alone. */
export type StallEnd = 'asked-again' | 'subscribed-anew' | 'reconnected'

/**
 * What can be made to go wrong at an emulated exchange, in the words every emulation shares: fault tests are written against this and run on each. What is
 * switched on stays on until it is ended; what is counted ends by itself. Methods that may be missing belong to protocols that not every exchange has.
 */
export interface VenueControl {
  /** Treats a market as delisted until `listPair`: asking for its streams is refused, running ones go on. */
  refusePair(pair: Instrument): void
  listPair(pair: Instrument): void
  /** Keeps acknowledgements back, refusals too; requests are done all the same. `false` ends it. */
  silenceAcks(isSilent?: boolean): void
  /** Answers subscriptions this much later, ms; 0 ends it. */
  delayAcks(delayMs: number): void
  /** Answers no ping of the exchange's own. `false` ends it. */
  silencePongs(isSilent?: boolean): void
  /** Pushes nothing any more on the streams that connections have now of a market, or of all (null); everything else goes on, acknowledgements and pongs included. */
  stallStreams(pair: Instrument | null, until: StallEnd): void
  /** Loses the next `pushes` of every book stream of a market, so that its ids jump. Default 1. */
  skipUpdates(pair: Instrument, pushes?: number): void
  /** Answers the next `requests` for a book from the books of now: a cache that lags. */
  staleSnapshots(requests: number): void
  /** Answers requests for a book with one that is none; null ends it. */
  spoilSnapshots(how: SnapshotFault | null): void
  /** Answers REST with a firewall's HTML page (403, without Retry-After), or with 429 and what the exchange says with it of when to come again; null ends it. */
  blockRest(how: 'firewall' | 'rate-limit' | null): void
  /** Refuses whatever is signed, with this code of the exchange's own as text; null ends it. */
  refuseSigned(code: string | null): void
  /** From now on the connections of now are told nothing of the account, which lives on; later ones are. */
  muteAccount(): void
  /** Mutes the account, and refuses whatever is signed, as of a key that is not known (any more); `refuseSigned(null)` ends that. */
  revokeApiKey(): void
  /**
   * Refuses streams whose name at the exchange matches, until `acceptStreams`; those that run go on. What is compared is the whole name, with channel and market as the
   * exchange writes them and in its order: `/deals.*BTCUSDT/` is for `public.deals@BTCUSDT`, `/BTCUSDT.*depth/` for `md/BTCUSDT/depth`. Where the exchange names a stream in
   * parts, an emulation compares them as one text, the channel first. The conformance kit asks for both parts in either order, whatever their case.
   */
  refuseStream(pattern: RegExp): void
  acceptStreams(): void
  /** Accepts no more streams on one connection than this, where the exchange itself would; null ends it. */
  limitStreams(streams: number | null): void
  /** Makes the exchange's own clock wrong by so many ms, ahead where positive: the time it tells over REST, and that by which it judges what is signed. 0 ends it. */
  skewClock(skewMs: number): void
  /** Pushes the whole book of a market on every book stream, where the exchange does so unasked. */
  pushFullBook?(pair: Instrument): void
  /** Sends the next `pushes` of every book stream of a market with a wrong checksum, where the exchange sends one. Default 1. */
  spoilChecksum?(pair: Instrument, pushes?: number): void
  /** Tells every connection of a coming upgrade; with `closeAfterMs`, closes those of now after that time. */
  announceUpgrade?(closeAfterMs?: number): void
  /** Listen keys that live now, where the account is opened by one. */
  readonly listenKeys?: readonly string[]
  /** Ends every listen key: connections stay open and fall silent, and renewals are refused. */
  expireListenKeys?(): void
  /** Ends every listen key as one that was given back: its connections are closed. */
  revokeListenKeys?(): void
  /** Makes asking for a listen key name one that lives already, where there is one. `false` ends it. */
  reuseListenKeys?(isReused?: boolean): void
}

/** An exchange whose account trades, and that can be made to go wrong: what fault tests and demonstrations need of an emulation. */
export interface EmulatedVenue extends Venue {
  /** It lives while somebody listens; `step()` moves it by hand. */
  readonly account: AccountSimulator
  readonly control: VenueControl
}
