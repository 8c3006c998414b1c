import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { type Channel, channels, isChannel } from '../model/channel.js'

/** The channels a user named, without repetition. Throws `ERR_UNKNOWN_CHANNEL` with the likely meaning, or where none is named. */
export function requestedChannels(requested: readonly string[] | undefined): readonly Channel[] {
  if (!Array.isArray(requested) || requested.length === 0) {
    throw new StreamError('ERR_UNKNOWN_CHANNEL', 'No channel was named.', { hint: `Channels: ${channels.join(', ')}.` })
  }
  return [...new Set((requested as readonly string[]).map(toChannel))]
}

function toChannel(name: string): Channel {
  if (isChannel(name)) return name
  const meant = suggest(String(name), channels)
  throw new StreamError('ERR_UNKNOWN_CHANNEL', `There is no channel ${JSON.stringify(name)}.`, {
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Channels: ${channels.join(', ')}.`,
  })
}
