import type { StoredPublisherCounts } from '../stored/stored-publisher.js'
import type { MarketStoreCounts } from './relayed-market.js'

/** What a relay has done so far. */
export interface RelayMetrics {
  /** Records published: messages, states and gaps. */
  readonly records: number
  /** Frames they went in, and their bytes. */
  readonly frames: number
  readonly bytes: number
  /** Records that nobody gets, because NATS was away for too long or did not keep up; those too that NATS has not said to have, of which it may have some. */
  readonly droppedRecords: number
  /** Streams that are published. */
  readonly streams: number
  /** How often a stream was asked for, and how often it was refused. */
  readonly asks: number
  readonly refusedAsks: number
  readonly isConnected: boolean
  /** How often NATS came back. */
  readonly reconnects: number
  /** What waits for NATS to come back, bytes. */
  readonly waitingBytes: number
  /** What became of the events of the account; null where the feed has none. */
  readonly account: StoredPublisherCounts | null
  /** Whether NATS keeps the channels of `marketRetention`; null where it is to keep none. */
  readonly market: MarketStoreCounts | null
}
