import { type Channel, channelTable } from './channel.js'
import { showAs } from './inspection.js'
import type { Instrument, WireSymbol } from './instrument.js'

/**
 * Whether what a stream gave so far can be trusted now.
 *
 * - `syncing`: asked for, not yet delivering (or a book waiting for its snapshot)
 * - `live`: delivering and complete
 * - `stale`: connected, but silent for longer than expected
 * - `gapped`: something was lost; what is held is not the exchange's truth any more
 */
export type StreamStatus = 'syncing' | 'live' | 'stale' | 'gapped'

/** What tells one stream from another, as an adapter plans it. */
export interface StreamDescription {
  /** Unique within the exchange, and what acknowledgements name: `spot.trades:BTC_USDT`. */
  readonly id: string
  /** Our channels that it feeds, at least one; the first is its main one. A ticker that holds the quote feeds `ticker` and `book_ticker`. */
  readonly channels: readonly [Channel, ...Channel[]]
  /** Null for a stream of many instruments, or of an account. */
  readonly instrument: Instrument | null
  /** What further tells it from others of its channel, in our words: `{ interval: '1m' }`. */
  readonly params?: Readonly<Record<string, string>>
  readonly wireChannel: string
  readonly wireSymbol: WireSymbol | null
  /** Streams that share this key must not share a connection; null shares with all. */
  readonly exclusive?: string | null
}

/**
 * One stream: what is subscribed, what a message belongs to, what has a state. The same stream is always the same object within a set of strategies.
 * `status`, `reason` and `since` say how it is now.
 */
export interface Stream {
  readonly id: string
  readonly channel: Channel
  readonly channels: readonly Channel[]
  readonly instrument: Instrument | null
  readonly params: Readonly<Record<string, string>>
  readonly wireChannel: string
  readonly wireSymbol: WireSymbol | null
  readonly exclusive: string | null
  readonly status: StreamStatus
  /** Why the status is what it is, for people. */
  readonly reason: string
  /** Since when the status holds, epoch ms. */
  readonly since: number
}

/** The state of one stream at one moment. */
export interface StreamState {
  readonly stream: Stream
  readonly symbol: Instrument | null
  readonly channel: Channel
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
}

const noParams: Readonly<Record<string, string>> = {}

const noneNamed: ReadonlyMap<Channel, ReadonlySet<Instrument | null>> = new Map()

/** Remembers what a stream told, so that what is fetched of a gap and what the stream brings are told once each. */
export interface StreamMemory {
  /** A message of the stream that is about to be told: what of it was not told yet; null where all was. */
  admit<Message extends object>(message: Message): Message | null
}

/** No whole number: V8 keeps a double in such a field from the beginning, which each message changes in place. */
export const unknownTime: number = -0.5

/** A stream as core writes it; everybody else reads it. */
export class TrackedStream implements Stream {
  // What each message looks at or changes lies together: of a thousand streams, none is in the processor's cache.
  status: StreamStatus = 'syncing'
  /** A bit for the type of each channel that a user wants of it; 0 where nobody does. */
  wanted = 0
  /** Likewise for each channel of which it may bring what nobody wants, while something of it is wanted. */
  muted = 0
  /** How often it was looked at since anything last came on it, wanted or muted. */
  silentChecks = 0
  /** Null where what it missed cannot be fetched. */
  memory: StreamMemory | null = null
  /** Data messages that connections brought since the manager's beginning; what another had brought before is left out, and what nobody wants. */
  messages = 0
  /** When the last of them was received, and happened, epoch ms; `unknownTime` where that is not known. */
  lastMessageAt: number = unknownTime
  lastExchangeTime: number = unknownTime
  readonly id: string
  readonly channel: Channel
  readonly channels: readonly Channel[]
  readonly instrument: Instrument | null
  readonly params: Readonly<Record<string, string>>
  readonly wireChannel: string
  readonly wireSymbol: WireSymbol | null
  readonly exclusive: string | null
  /** The message type of its main channel, kept here because every message needs it. */
  readonly type: number
  /** Whether a newer message of it takes the place of one that nobody has seen yet. Never so for a stream of many instruments: the newest may be of another. */
  readonly onlyNewestCounts: boolean
  reason = 'not subscribed'
  since = 0
  /** Of a stream of many instruments: those that are wanted, by channel, of each channel of which not all are. */
  named: ReadonlyMap<Channel, ReadonlySet<Instrument | null>> = noneNamed
  /** When it became wanted, epoch ms, and how many messages it had had by then. */
  wantedAt = 0
  messagesBefore = 0
  /** Gaps of it that were told, and the messages fetched for them. */
  gaps = 0
  backfilled = 0
  /** What was received before then is of subscriptions that have ended, epoch ms; -1 where none has. */
  endedAt: number = -1

  constructor(description: StreamDescription) {
    const { id, channels, instrument, params = noParams, wireChannel, wireSymbol, exclusive = null } = description
    this.id = id
    this.channel = channels[0]
    this.channels = channels
    this.instrument = instrument
    this.params = params
    this.wireChannel = wireChannel
    this.wireSymbol = wireSymbol
    this.exclusive = exclusive
    this.type = channelTable[channels[0]].type
    this.onlyNewestCounts = instrument !== null && channels.every((channel) => channelTable[channel].onlyNewestCounts)
  }

  /** What a message or a log line shows of it. */
  toJSON(): string {
    return this.id
  }
}

showAs(TrackedStream.prototype, ({ id, status, reason }) => `Stream { ${id}, ${status}, ${reason} }`)

/** Makes the stream object of a description. Adapters make each once, by a `StreamTable` or a map of their own. */
export function createStream(description: StreamDescription): Stream {
  return new TrackedStream(description)
}

/** Whether a user wants this channel of a stream, and not only others that it feeds. */
export function isWanted(stream: Stream, channel: Channel): boolean {
  return ((stream as TrackedStream).wanted & (1 << channelTable[channel].type)) !== 0
}

/** Whether what was received at that time, epoch ms, is of a subscription that has ended: nobody wants it, and it is no part of the next. What came at the very moment may be the next one’s already, on a clock that stands still. */
export function isOfEnded(stream: Stream | null, receivedAt: number): boolean {
  return stream !== null && receivedAt < (stream as TrackedStream).endedAt
}

/** How a stream is at this moment. */
export function stateOf(stream: Stream): StreamState {
  const { instrument: symbol, channel, status, reason, since } = stream
  return { stream, symbol, channel, status, reason, since }
}
