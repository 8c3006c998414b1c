import type { Stream } from '@tapewire/core'
import { allMarkets, wireChannels } from './channels.js'

/**
 * What stands for a stream in the list of a request: its market, `ob.BTC_USDT.400` for a book of `spot.obu`, `!all` for every market of the account.
 * Source: Gate.io spot WebSocket v4 docs.
 */
export function listItem({ wireChannel, wireSymbol, params }: Stream): string {
  return wireChannel === wireChannels.obu ? `ob.${wireSymbol}.${params.depth}` : (wireSymbol ?? allMarkets)
}
