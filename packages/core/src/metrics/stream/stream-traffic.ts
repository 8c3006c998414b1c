import type { StreamState } from '../../model/stream.js'

/** What came on one stream, with its state. */
export interface TrafficOfStream extends StreamState {
  /** Data messages since the manager's beginning, each once however many connections brought it. What was fetched for a gap is in `backfilled` alone. */
  readonly messages: number
  /** Over the last ten seconds, and over each of the windows. */
  readonly messagesPerSecond: number
  readonly rates: StreamRates
  /** When the last message was received, epoch ms; null before the first. */
  readonly lastMessageAt: number | null
  /** Our clock at its receipt minus the exchange's time of the event, ms; null where it had none. */
  readonly lastLagMs: number | null
  /** Gaps that were told, and messages that were fetched for them and delivered. */
  readonly gaps: number
  readonly backfilled: number
}

/** Messages a second, up to the last full second. */
export interface StreamRates {
  readonly last1s: number
  readonly last10s: number
  readonly last1min: number
}
