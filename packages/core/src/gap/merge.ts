import type { DataMessage, FeedMessage } from '../model/message.js'

/**
 * Makes one row of what a stream delivers and what is fetched of it, each trade, execution and state of an order once. Nothing is held back: whichever copy
 * comes first is told, and the other is left out.
 */
export interface Merge {
  /** A message of the stream, before it is told: what of it was not told yet; null where all was. */
  seeLive(message: FeedMessage): FeedMessage | null
  /** One that was fetched: what of it was not told yet, which counts as told from here on; null where all was, or where it is from before `from`, epoch ms. */
  take(message: DataMessage, from: number): DataMessage | null
  /** From here on it only leaves out what was fetched and told: nothing more is fetched. Copies of it may come until `lastCopyAt`, epoch ms. */
  settle(lastCopyAt: number): void
}
