import type { StreamError } from '../errors/stream-error.js'
import type { BookEvent } from '../manager/book-desk.js'
import type { ConnectionStateEvent, DropEvent } from '../manager/manager-options.js'
import type { Channel } from '../model/channel.js'
import type { FeedMessage } from '../model/message.js'
import type { StreamState } from '../model/stream-state.js'

/** What a feed tells, by event name. The channel events carry that channel's messages; `message` carries all. */
export type FeedEvents = {
  readonly [Name in Channel]: Extract<FeedMessage, { readonly channel: Name; readonly type: number }>
} & {
  readonly message: FeedMessage
  readonly connection: ConnectionStateEvent
  readonly stream: StreamState
  readonly error: StreamError
  readonly drop: DropEvent
  readonly book: BookEvent
}

export type FeedEvent = keyof FeedEvents

/** A listener of a message event may return a promise: it holds back what follows, as the manager's handler does. */
export type FeedListener<Event extends FeedEvent> = (payload: FeedEvents[Event]) => void | PromiseLike<void>

/** Listeners to be in place before the first message. */
export type FeedListeners = { readonly [Event in FeedEvent]?: FeedListener<Event> }
