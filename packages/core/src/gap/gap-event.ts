import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'

/** A stream was not whole for a while. Told once for each gap, at its end, when what could be done was done. */
export interface GapEvent {
  readonly exchange: string
  readonly stream: Stream
  /** The stream's main channel. */
  readonly channel: Channel
  /** Null for a stream of many instruments, or of an account. */
  readonly symbol: Instrument | null
  /**
   * Nothing that could have been received before is missing, epoch ms of our clock: when the last message before the gap was received, of books and of streams that can be
   * backfilled, or when such a stream was accepted where none had come yet; of every other stream, when anything last arrived on a connection that was lost, or else when the gap was noticed.
   * It is the time of receipt: where messages had been held up on their way, what is missing was sent earlier, by as much as they were late.
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
