import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { Failure } from '../connection/failure.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from './ledger.js'

/**
 * Everything a session tells beside messages: one union from the session through its group to the manager.
 *
 * - `state`: one step of the connection's life
 * - `lost`: the connection is gone, and with it whatever the exchange sends on these streams until it is back
 * - `restoring`: the connection is back, and these streams, which are wanted, are about to be asked for again
 * - `accepted`: streams the exchange acknowledged
 * - `refused`: streams it refused although nobody waits for the answer (on a replay, or long after it had accepted them)
 * - `postponed`: streams that were live before, which it refused for the moment or did not acknowledge (`isRefused`), and which are asked for again: `reason` says when
 * - `wrong`: what these streams gave cannot be trusted from here on, while the subscription goes on
 * - `dropped`: the overflow policy dropped a message; `stream` is null where it was nobody's data
 * - `error`: something went wrong and was survived
 * - `hold-full`: of what a session holds back, which nobody sees yet, more waits than may
 * - `take-over-wanted`: a new connection should take over without losing a message
 */
export type SessionEvent =
  | ({ readonly kind: 'state' } & ConnectionStateChange)
  | { readonly kind: 'lost'; readonly failure: Failure; readonly streams: readonly Stream[] }
  | { readonly kind: 'restoring'; readonly streams: readonly Stream[] }
  | { readonly kind: 'accepted'; readonly streams: readonly Stream[] }
  | { readonly kind: 'refused'; readonly refused: readonly RefusedStream[] }
  | {
      readonly kind: 'postponed'
      readonly streams: readonly Stream[]
      readonly reason: string
      readonly isRefused: boolean
    }
  | { readonly kind: 'wrong'; readonly streams: readonly Stream[]; readonly reason: string }
  | { readonly kind: 'dropped'; readonly stream: Stream | null }
  | { readonly kind: 'error'; readonly error: StreamError }
  | { readonly kind: 'hold-full' }
  | { readonly kind: 'take-over-wanted'; readonly reason: string }
