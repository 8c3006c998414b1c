import {
  type AnyExchangeDefinition,
  type Channel,
  type PublicChannel,
  privateChannels,
  publicChannels,
} from '@tapewire/core'

/** The market channels an exchange has, in core's order. */
export function publicChannelsOf(definition: Pick<AnyExchangeDefinition, 'channels'>): readonly PublicChannel[] {
  return publicChannels.filter((channel) => isSupported(definition, channel))
}

/** The account channels an exchange has, in core's order. */
export function privateChannelsOf(definition: Pick<AnyExchangeDefinition, 'channels'>): readonly Channel[] {
  return privateChannels.filter((channel) => isSupported(definition, channel))
}

/** Whether a channel is of an account. */
export function isPrivate(channel: Channel): boolean {
  return (privateChannels as readonly Channel[]).includes(channel)
}

/** The first of these market channels that the exchange has, or any other of its; undefined where it has no market channel at all. */
export function preferredChannel(
  definition: Pick<AnyExchangeDefinition, 'channels'>,
  preferred: readonly PublicChannel[],
): PublicChannel | undefined {
  const supported = publicChannelsOf(definition)
  return preferred.find((channel) => supported.includes(channel)) ?? supported[0]
}

function isSupported({ channels }: Pick<AnyExchangeDefinition, 'channels'>, channel: Channel): boolean {
  return channels.some((support) => support.channel === channel)
}
