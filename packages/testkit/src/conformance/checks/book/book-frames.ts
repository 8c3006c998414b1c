import type { Instrument } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'

/** What meets the frames of one book. */
export function isBookOf(pair: Instrument): (message: ParsedMessage) => boolean {
  return ({ channel, symbol }) => channel === 'orderbook' && symbol === pair
}
