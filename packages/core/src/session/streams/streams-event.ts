import type { StreamError } from '../../errors/stream-error.js'
import type { Stream } from '../../model/stream.js'
import type { RefusedStream } from './ledger.js'

/**
 * What the streams of a session tell.
 *
 * - `restoring`: the connection is back, and these streams, which are wanted, are about to be asked for again
 * - `accepted`: streams the exchange acknowledged
 * - `refused`: streams it refused although nobody waits for the answer (on a replay, or long after it had accepted them)
 * - `postponed`: streams that were live before, which it refused for the moment or did not acknowledge (`isRefused`), and which are asked for again: `reason` says when
 * - `error`: something went wrong and was survived
 */
export type StreamsEvent =
  | { readonly kind: 'restoring'; readonly streams: readonly Stream[] }
  | { readonly kind: 'accepted'; readonly streams: readonly Stream[] }
  | { readonly kind: 'refused'; readonly refused: readonly RefusedStream[] }
  | {
      readonly kind: 'postponed'
      readonly streams: readonly Stream[]
      readonly reason: string
      readonly isRefused: boolean
    }
  | { readonly kind: 'error'; readonly error: StreamError }
