import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { mendMexcBooks } from './ccxt-mexc-book.js'
import { ccxtPeer } from './ccxt-peer.js'
import { gateioApiPeer } from './gateio-api-peer.js'
import type { Peer } from './peer.js'

/** Every client that is tried, on every exchange it speaks to. */
export const peers: readonly Peer[] = [
  {
    name: 'ccxt-gateio',
    ...ccxtPeer({ id: 'gate', emulation: gateioSpotEmulation, bookDepth: 50, placesOrders: true }),
  },
  {
    name: 'ccxt-mexc',
    ...ccxtPeer({
      id: 'mexc',
      emulation: mexcSpotEmulation,
      bookDepth: Number.POSITIVE_INFINITY,
      placesOrders: false,
      prepare: mendMexcBooks,
    }),
  },
  { name: 'gateio-api', ...gateioApiPeer(gateioSpotEmulation) },
]
