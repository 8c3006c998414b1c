import type { Channel, ChannelMessage } from '@tapewire/core'
import type { Story } from '../lab/market-story.js'
import { dataChannelOf } from './message-faults.js'

/** What a story tells on one channel, in order. */
export function toldOn<Name extends Channel>({ messages }: Story, channel: Name): readonly ChannelMessage<Name>[] {
  const wanted: Channel = channel
  return messages.filter((message) => dataChannelOf(message) === wanted) as never
}

/** How long after a change an emulation may still tell how things stood before it, ms. */
export const lagMs = 5_000
