import { type Stream, toInstrument, type WebSocketStrategySet } from '@tapewire/core'
import { createEnv } from '@tapewire/core/adapter'
import type { Workload } from './workload.js'

/** What a client written by hand sends to subscribe, connection by connection: spread over as many as our manager opens. */
export function subscriptionRequests(strategies: WebSocketStrategySet, { channels, symbols }: Workload): string[][] {
  const { subscriptionStrategy, limits } = strategies
  const instruments = symbols.map((symbol) => toInstrument(symbol))
  const streams = channels.flatMap((channel) =>
    subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }),
  )
  const capacity = Math.min(streams.length, limits.streamsPerConnection - limits.streamHeadroom)
  const connections: string[][] = []
  for (let next = 0; next < streams.length; next += capacity) {
    connections.push(requestTexts(strategies, streams.slice(next, next + capacity)))
  }
  return connections
}

function requestTexts({ subscriptionStrategy }: WebSocketStrategySet, streams: readonly Stream[]): string[] {
  let requestId = 0
  const context = { ...createEnv(), nextRequestId: () => ++requestId }
  const messages = subscriptionStrategy.createSubscriptionMessages('subscribe', streams, context)
  if (!Array.isArray(messages)) throw new TypeError('Public subscriptions are composed at once.')
  return messages.map(({ payload }) => String(payload))
}
