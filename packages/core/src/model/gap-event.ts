import type { Channel } from './channel.js'
import type { Instrument } from './instrument.js'
import type { Stream } from './stream.js'

/** A stream was not whole for a while. Told once for each gap, at its end, when what could be done was done. */
export interface GapEvent {
  readonly exchange: string
  readonly stream: Stream
  /** The stream's main channel. */
  readonly channel: Channel
  /** Null for a stream of many instruments, or of an account. */
  readonly symbol: Instrument | null
  /**
   * Nothing that was sent before is missing, epoch ms of our clock: when the last message before the gap was sent, of books and of streams that can be backfilled (by its own time, or where it
   * has none, when it was received), or when such a stream was accepted where none had come yet. Of every other stream, when the last ping was sent that the exchange answered on the connection
   * that lost something, or else when that was opened, or the stream accepted; an hour before the gap was noticed at the earliest.
   * How far the exchange's clock is ahead of ours is known by the messages that came before their time; where it is behind, and that cannot be known, `from` is earlier by as much.
   */
  readonly from: number
  /** When the stream was accepted again, or delivered again, whichever came first; a book, when it was live. Null where it never was: unsubscribed, given up or closed before. */
  readonly to: number | null
  /** Why there was a gap, for people: the reason of the stream's state when it began. */
  readonly reason: string
  /**
   * - `resynchronised`: the present state is whole again (books, quotes, tickers, candles); what it was in between is not known
   * - `backfilled`: everything that was missed was fetched and delivered, marked `backfilled`; also where nothing was missed
   * - `partly-backfilled`: some of it, or it is not known whether all: `fault` says why
   * - `lost`: nothing was fetched, and `fault` says why
   */
  readonly action: 'resynchronised' | 'backfilled' | 'partly-backfilled' | 'lost'
  /** Messages that were fetched and delivered, 0 or more. */
  readonly backfilled: number
  /** Why it is not made up for whole, for people; null where it is. */
  readonly fault: string | null
}
