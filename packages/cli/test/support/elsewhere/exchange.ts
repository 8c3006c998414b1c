// An exchange of somebody else's, as small as an adapter can be: tickers only, all its frames JSON, and no account.

import { type AnyExchangeDefinition, parseInstrument, type Stream, WebSocketStrategySet } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'
import {
  confirmMessage,
  dataMessage,
  type ExchangeLimits,
  frameJson,
  heartbeatMessage,
  type MessageParser,
  malformedFrame,
  openSocket,
  Streams,
  type SubscriptionStrategy,
  unknownMessage,
} from '@tapewire/core/adapter'

const endpoints = { url: 'wss://elsewhere.example/stream', restUrl: 'https://elsewhere.example' } as const

const limits: ExchangeLimits = {
  streamsPerConnection: 100,
  streamHeadroom: 0,
  clientMessagesPerSecond: 100,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
}

const elsewhereSpot: AnyExchangeDefinition = {
  name: 'elsewhere_spot',
  title: 'Elsewhere spot',
  channels: [{ channel: 'ticker', wireChannel: 'last', evidence: 'documented' }],
  limits,
  endpoints,
  public(options = {}) {
    const streams = new Streams()
    return new WebSocketStrategySet({
      contract: 2,
      exchange: 'elsewhere_spot',
      connectionStrategy: {
        reconnectionPolicy: {
          maxAttempts: 3,
          initialDelayMs: 10,
          backoffFactor: 2,
          maxDelayMs: 100,
          resetOn1005: true,
        },
        context: async () => ({
          url: options.url ?? endpoints.url,
          headers: {},
          authRequired: false,
          authParams: null,
          pingIntervalMs: 10_000,
          pingTimeoutMs: 5_000,
          pingMessage: '{"op":"ping"}',
          maxReconnectAttempts: null,
          reconnectDelayMs: null,
        }),
        connect: openSocket,
        shouldReconnect: ({ retryable }) => retryable,
      },
      subscriptionStrategy: subscription(streams),
      messageParser: parser(streams),
      limits,
      socket: options.socket ?? null,
    })
  },
}

/** What the factory and the command look for. */
export const exchanges: readonly AnyExchangeDefinition[] = [elsewhereSpot]

function tickerOf(streams: Streams, name: string): Stream {
  return streams.planned({
    id: `last.${name}`,
    channels: ['ticker'],
    instrument: parseInstrument(name.replace('-', '/')),
    wireChannel: 'last',
    wireSymbol: name as WireSymbol,
  })
}

function subscription(streams: Streams): SubscriptionStrategy {
  return {
    plan: ({ instruments }) => instruments.map(({ base, quote }) => tickerOf(streams, `${base}-${quote}`)),
    createSubscriptionMessages(action, asked, context) {
      const requestId = context.nextRequestId()
      const payload = JSON.stringify({ op: action, id: requestId, names: asked.map(({ wireSymbol }) => wireSymbol) })
      return [{ payload, action, requestId, wireChannel: 'last', streams: asked }]
    },
  }
}

interface Frame {
  readonly op?: string
  readonly id?: number
  readonly name?: string
  readonly last?: number
}

function parser(streams: Streams): MessageParser {
  return {
    peek: ({ bytes, start }) => (bytes.toString('latin1', start, start + 6) === '{"op":' ? 'control' : null),
    parse(frame) {
      const { receivedAt } = frame
      const json = frameJson(frame)
      if ('fault' in json) return malformedFrame(receivedAt, json.fault)
      const { op, id = null, name, last = null } = json.value as Frame
      if (op === 'pong') return heartbeatMessage(receivedAt, 'pong')
      if (op === 'subscribe' || op === 'unsubscribe') {
        return confirmMessage(receivedAt, { action: op, requestId: id, wireChannel: 'last', others: 'accepted' })
      }
      if (name === undefined) return unknownMessage(receivedAt, 'it has no name')
      const stream = tickerOf(streams, name)
      const absent = { open: null, high: null, low: null, baseVolume: null, quoteVolume: null, change: null }
      const data = { last, ...absent, bidPrice: null, askPrice: null }
      return dataMessage<'ticker'>(stream, stream.instrument, data, null, receivedAt, null)
    },
  }
}
