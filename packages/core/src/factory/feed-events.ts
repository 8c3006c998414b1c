import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { callbackOf, type ManagerEvent, type ManagerEvents } from '../manager/manager-options.js'
import { type Channel, channels } from '../model/channel.js'
import type { ChannelMessage, FeedMessage } from '../model/message.js'

/** What a feed tells, by event name. The channel events carry that channel's messages; `message` carries all; the others are the manager's. */
export type FeedEvents = { readonly [Name in Channel]: ChannelMessage<Name> } & {
  readonly message: FeedMessage
} & ManagerEvents

export type FeedEvent = keyof FeedEvents

/** A listener of a message event may return a promise: it holds back what follows, as the manager's handler does. */
export type FeedListener<Event extends FeedEvent> = (payload: FeedEvents[Event]) => unknown

/** Listeners to be in place before the first message. */
export type FeedListeners = { readonly [Event in FeedEvent]?: FeedListener<Event> }

/** The manager's events, which a feed passes on under their own names. */
export const managerEvents: readonly ManagerEvent[] = Object.keys(callbackOf) as ManagerEvent[]

export const feedEvents: readonly FeedEvent[] = [...channels, 'message', ...managerEvents]

/** Throws `ERR_INVALID_CONFIG` for an event that does not exist, whose listener would never be called, and for a listener that is no function. */
export function checkListener(event: string, listener: unknown): void {
  if ((feedEvents as readonly string[]).includes(event)) {
    if (typeof listener === 'function') return
    throw new StreamError('ERR_INVALID_CONFIG', `The listener of ${event} is not a function.`)
  }
  const meant = suggest(String(event), feedEvents)
  throw new StreamError('ERR_INVALID_CONFIG', `There is no event ${JSON.stringify(event)}.`, {
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Events: ${feedEvents.join(', ')}.`,
  })
}
