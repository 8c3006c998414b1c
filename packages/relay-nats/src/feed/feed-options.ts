import type { PrivateExchangeOptions, PublicExchangeOptions } from '@tapewire/core'
import type { NatsOptions } from '../connect/nats-options.js'
import type { StoredEnd, StoredStart } from '../stored/stored-range.js'

/** What of the options of `createPublicExchange` makes sense for a feed that comes over NATS. */
type ExchangePart = Omit<PublicExchangeOptions<string>, NotOverNats>

/** … and of those of `createPrivateExchange`. */
type AccountPart = Omit<PrivateExchangeOptions<string>, NotOverNats | 'credentials' | 'symbols'>

type NotOverNats = 'options' | 'packageName' | 'agent' | 'network'

/** What a consumer asks for. Only `servers`, `exchange` and `symbols` are required; `exchange` is a name, and its package need not be installed. */
export interface NatsFeedOptions extends NatsOptions, ExchangePart {
  /** What begins every subject, as the relays have it; default `tapewire`. */
  readonly prefix?: string
  /** How often relays say that they live, ms, as they have it; default 1,000. One that was not heard for three times as long is dead, and its streams are gapped. */
  readonly beatIntervalMs?: number
  /** How long a relay may take to answer when it is asked for a stream, ms, 1 to 60,000; default 2,000. */
  readonly answerTimeoutMs?: number
  /** How much may wait for a handler that holds the feed back, bytes, 65,536 and up; default 64 MiB. What is beyond is dropped, counted, and told as a gap. */
  readonly maxHeldBytes?: number
  /**
   * Where the feed begins: with what is published from now on (default), or where its channels are kept (`marketRetention` of the relay) with the first that is kept, `'first'`, with what
   * was stored at a time, epoch ms, `{ time }`, or of a single channel with a sequence number of NATS, `{ sequence }`. What was stored before is told as `backfilled`, then `other` says so for
   * each stream, and what follows is live. All of it is read where it is kept. Books begin up to 65 s earlier, and are live from the first whole one on.
   */
  readonly from?: StoredStart
  /**
   * With `from`, where the feed ends: after the last that is kept when it begins, `'last'`, or before what was stored at a time, `{ time }`, which is not to come, or of a single channel
   * before a sequence number, `{ sequence }`. When everything before that is told, the last message, an `other`, says so, iterations end, and the feed closes itself.
   */
  readonly to?: StoredEnd
}

/** What of them `natsExchange` takes. */
export type NatsExchangeOptions = Omit<
  NatsFeedOptions,
  Exclude<keyof ExchangePart, 'exchange' | 'retry' | 'signal' | 'clock'> | 'from' | 'to'
> & {
  /** As of `natsFeed`, for every channel: a sequence number is of one alone. */
  readonly from?: Exclude<StoredStart, { readonly sequence: number }>
  /** The same. Whoever made the manager closes it, once `onEnd` is called. */
  readonly to?: Exclude<StoredEnd, { readonly sequence: number }>
  /** Called behind the last message of a manager of it, with `to`. Must not throw. */
  readonly onEnd?: () => void
}

/** What a consumer of an account asks for. Only `servers`, `exchange` and `account` are required; `channels` are all of an account where they are left out. */
export interface NatsAccountFeedOptions
  extends NatsOptions,
    AccountPart,
    Pick<NatsFeedOptions, 'prefix' | 'beatIntervalMs' | 'answerTimeoutMs'> {
  /** What its relay calls it. */
  readonly account: string
  /**
   * Where the feed begins: with what happens from now on (default), or with what was stored at a time, epoch ms, or from a sequence number of NATS on. Where that is told, `other` says
   * so, and what follows is live.
   */
  readonly from?: StoredStart
  /** With `from`, where the feed ends, as of market data; sequence numbers are those of the account. */
  readonly to?: StoredEnd
}

/** Those with their defaults filled in. */
export interface FeedSettings {
  readonly prefix: string
  readonly beatIntervalMs: number
  readonly answerTimeoutMs: number
  readonly maxHeldBytes: number
}

/** What is NATS's, what is ours, and what is core's. */
export interface SortedOptions<Part = ExchangePart> {
  readonly nats: NatsOptions
  readonly settings: FeedSettings
  readonly exchange: Part
}

/** Sorts options that were checked. */
export function sortOptions<Part extends { readonly exchange: string }>(
  options: NatsOptions & Partial<FeedSettings> & Part,
): SortedOptions<Omit<Part, keyof NatsOptions | keyof FeedSettings>> {
  const { servers, credentials, tls, name, connectTimeoutMs, ...others } = options
  const {
    prefix = 'tapewire',
    beatIntervalMs = 1_000,
    answerTimeoutMs = 2_000,
    maxHeldBytes = 64 * 1024 * 1024,
    ...exchange
  } = others
  const nats = defined({ servers, credentials, tls, name, connectTimeoutMs }) as NatsOptions
  const settings = { prefix, beatIntervalMs, answerTimeoutMs, maxHeldBytes }
  return { nats, settings, exchange: defined(exchange) as Omit<Part, keyof NatsOptions | keyof FeedSettings> }
}

function defined(given: object): unknown {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
