import type { Instrument } from '@tapewire/core'

/** What can be made to go wrong, as it does at MEXC, and what can be seen of the venue. */
export interface MexcVenueControl {
  /** Every REST request so far, as method and path: `PUT /api/v3/userDataStream`. */
  readonly requests: readonly string[]
  /** Listen keys that live now. */
  readonly listenKeys: readonly string[]
  /** Ends every listen key: connections stay open and fall silent, and renewals are refused with 730708. */
  expireListenKeys(): void
  /** Makes POST name a key that lives already, where there is one, instead of a new one. */
  reuseListenKeys(reuse?: boolean): void
  /** Loses the next `pushes` of every `aggre.depth` stream of a pair, so that versions jump. Default 1. */
  skipUpdates(pair: Instrument, pushes?: number): void
  /** Answers the next `requests` for a book from the books of now: a cache that lags. */
  staleSnapshots(requests: number): void
  /** Blocks a pair as if it were delisted, until `listPair`: its streams are refused, running ones go on. */
  refusePair(pair: Instrument): void
  listPair(pair: Instrument): void
  /** Refuses streams whose name matches, until `acceptStreams`. */
  refuseStream(pattern: RegExp): void
  acceptStreams(): void
  /** Keeps acknowledgements back, refusals too; requests are done all the same. `false` ends it. */
  silenceAcks(isSilent?: boolean): void
  /** Answers subscriptions this much later. */
  delayAcks(delayMs: number): void
  /** Answers no PING. `false` ends it. */
  silencePongs(isSilent?: boolean): void
  /** REST answers with the firewall's HTML page (403, without Retry-After), or with 429 and Retry-After; null ends it. */
  blockRest(how: 'firewall' | 'rate-limit' | null): void
  /** Signed requests are refused with this code, whatever they say; null ends it. */
  refuseSigned(code: number | null): void
}

/** What is switched on. */
export interface VenueFaults {
  readonly requests: string[]
  readonly refusedPairs: Set<Instrument>
  refusedStreams: RegExp[]
  silentAcks: boolean
  ackDelayMs: number
  silentPongs: boolean
  restBlock: 'firewall' | 'rate-limit' | null
  signedRefusal: number | null
}

export function noFaults(): VenueFaults {
  return {
    requests: [],
    refusedPairs: new Set(),
    refusedStreams: [],
    silentAcks: false,
    ackDelayMs: 0,
    silentPongs: false,
    restBlock: null,
    signedRefusal: null,
  }
}
