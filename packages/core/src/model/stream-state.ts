import type { Channel } from './channel.js'
import type { Instrument } from './instrument.js'

/**
 * Whether what a stream gave so far can be trusted now.
 *
 * - `syncing`: asked for, not yet delivering (or a book waiting for its snapshot)
 * - `live`: delivering and complete
 * - `stale`: connected, but silent for longer than expected
 * - `gapped`: something was lost; what is held is not the exchange's truth any more
 */
export type StreamStatus = 'syncing' | 'live' | 'stale' | 'gapped'

/** The state of one stream, with its reason and since when (epoch ms). */
export interface StreamState {
  readonly symbol: Instrument | null
  readonly channel: Channel
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
}
