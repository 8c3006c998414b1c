import { type StreamRequest, type SubscriptionAction, systemClock, toTradingPair, type WebSocketStrategySet } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { Venue, Workload } from './workload.js'

/** The strategies of a venue; `url` where something is to connect. */
export function strategiesOf(venue: Venue): WebSocketStrategySet {
  return venue === 'gateio' ? gateioSpot.public() : mexcSpot.public()
}

/** What a client written by hand sends to subscribe, connection by connection: spread over as many as our manager opens. */
export function subscriptionRequests({ venue, channels, symbols }: Workload): string[][] {
  const { subscriptionStrategy, limits } = strategiesOf(venue)
  const pairs = symbols.map((symbol) => toTradingPair(symbol))
  const streams = subscriptionStrategy.plan({ symbols: pairs, channels })
  const capacity = Math.min(streams.length, limits.streamsPerConnection - limits.streamHeadroom)
  const connections: StreamRequest[][] = []
  for (let next = 0; next < streams.length; next += capacity) connections.push(streams.slice(next, next + capacity))
  return connections.map((part) => requestsFor(venue, 'subscribe', part))
}

function requestsFor(venue: Venue, action: SubscriptionAction, streams: readonly StreamRequest[]): string[] {
  let requestId = 0
  const context = { nextRequestId: () => ++requestId, wallTime: () => systemClock.wallTime() }
  const messages = strategiesOf(venue).subscriptionStrategy.createSubscriptionMessages(action, streams, context)
  if (messages instanceof Promise) throw new TypeError('Public subscriptions are composed at once.')
  return (messages as readonly { readonly payload: string | Uint8Array }[]).map(({ payload }) => payload.toString())
}
