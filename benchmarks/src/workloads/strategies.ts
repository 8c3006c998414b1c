import type { EndpointOptions, SocketOptions, WebSocketStrategySet } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { Workload } from './workload.js'

/** The strategies of a workload's venue, with the order book channel that the workload sends. */
export function strategiesFor(
  { venue, keepsBook }: Pick<Workload, 'venue' | 'keepsBook'>,
  endpoints: EndpointOptions & { readonly socket?: SocketOptions } = {},
): WebSocketStrategySet {
  if (venue === 'mexc') return mexcSpot.public(endpoints)
  return gateioSpot.public(keepsBook ? { ...endpoints, orderbookChannel: 'obu', orderbookDepth: 50 } : endpoints)
}
