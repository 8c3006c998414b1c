import type { ConnectionStateChange } from '../connection/connection-options.js'
import type { Failure } from '../connection/failure.js'
import type { Stream, StreamStatus } from '../model/stream.js'
import type { WholeUntil } from '../model/whole-until.js'
import type { StreamsEvent } from './streams/streams-event.js'

/**
 * Everything a session tells beside messages: one union from the session through its group to the manager. What its streams tell is `StreamsEvent`.
 *
 * - `state`: one step of the connection's life
 * - `lost`: the connection is gone, and with it whatever the exchange sends on these streams until it is back
 * - `wrong`: what these streams gave cannot be trusted, while the subscription goes on
 * - `told`: whoever brings this stream from the exchange says that nothing comes of it, or misses more of it, or that this is over
 * - `dropped`: the overflow policy dropped a message; `stream` is null where it was nobody's data
 * - `hold-full`: of what a session holds back, which nobody sees yet, more waits than may
 * - `take-over-wanted`: a new connection should take over without losing a message
 */
export type SessionEvent =
  | StreamsEvent
  | ({ readonly kind: 'state' } & ConnectionStateChange)
  | {
      readonly kind: 'lost'
      readonly failure: Failure
      readonly streams: readonly Stream[]
      readonly wholeUntil: WholeUntil & { readonly received: number }
    }
  | {
      readonly kind: 'wrong'
      readonly streams: readonly Stream[]
      readonly reason: string
      readonly wholeUntil: WholeUntil
    }
  | {
      readonly kind: 'told'
      readonly stream: Stream
      readonly status: StreamStatus
      readonly reason: string
    }
  | { readonly kind: 'dropped'; readonly stream: Stream | null; readonly wholeUntil: WholeUntil }
  | { readonly kind: 'hold-full' }
  | { readonly kind: 'take-over-wanted'; readonly reason: string }
