import {
  type ConnectionContext,
  type ConnectionStrategy,
  confirmMessage,
  type ExchangeDefinition,
  type ExchangeLimits,
  errorMessage,
  frameJson,
  heartbeatMessage,
  type InboundFrame,
  type MessageParser,
  MessageType,
  malformedFrame,
  type OutboundMessage,
  openSocket,
  otherMessage,
  type ParsedMessage,
  parseInstrument,
  type Stream,
  StreamError,
  type SubscriptionStrategy,
  unknownMessage,
  WebSocketStrategySet,
  type WireSymbol,
} from '../../src/index.js'

/** How the made-up exchange is to behave towards the manager. */
export interface AcmeOptions {
  readonly url: string
  readonly limits?: Partial<ExchangeLimits>
  readonly connection?: Partial<ConnectionStrategy>
  readonly context?: Partial<ConnectionContext>
}

const limits: ExchangeLimits = {
  streamsPerConnection: 10,
  streamHeadroom: 0,
  clientMessagesPerSecond: 1000,
  connectionLifetimeMs: null,
  idleTimeoutMs: null,
  listenKeyLifetimeMs: null,
}

/** The made-up exchange as an adapter of somebody else's would define it. */
export const acmeSpot: ExchangeDefinition<Partial<AcmeOptions>, Partial<AcmeOptions>> = {
  name: 'acme_spot',
  title: 'Acme spot',
  channels: [
    { channel: 'book_ticker', wireChannel: 'book_ticker', evidence: 'documented' },
    { channel: 'trades', wireChannel: 'trades', evidence: 'documented' },
    { channel: 'balances', wireChannel: 'balances', evidence: 'documented' },
  ],
  limits,
  endpoints: { url: 'wss://acme.example/ws', restUrl: 'https://acme.example' },
  public: (options = {}) => acmeStrategies({ url: acmeSpot.endpoints.url, ...options }),
  private: (credentials, options = {}) => {
    if (credentials?.apiKey === undefined) throw new StreamError('ERR_INVALID_CREDENTIALS', 'There is no API key.')
    return acmeStrategies({ url: acmeSpot.endpoints.url, ...options })
  },
}

/** The three strategies of the made-up exchange. */
export function acmeStrategies(options: AcmeOptions): WebSocketStrategySet {
  return new WebSocketStrategySet({
    exchange: 'acme_spot',
    connectionStrategy: { ...acmeConnection(options), ...options.connection },
    subscriptionStrategy: acmeSubscription,
    messageParser: acmeParser,
    limits: { ...limits, ...options.limits },
  })
}

function acmeConnection({ url, context }: AcmeOptions): ConnectionStrategy {
  return {
    reconnectionPolicy: { maxAttempts: 5, initialDelayMs: 100, backoffFactor: 2, maxDelayMs: 5000, resetOn1005: true },
    context: async () => ({
      url,
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: 10_000,
      pingTimeoutMs: 5_000,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
      ...context,
    }),
    connect: (resolved, signal) => openSocket(resolved, signal),
    authenticate: async () => {},
    heartbeat: (transport) => transport.send(JSON.stringify({ op: 'ping', id: 0, streams: [] })),
    shouldReconnect: () => true,
  }
}

const acmeSubscription: SubscriptionStrategy = {
  plan: ({ symbols, channels }) =>
    symbols.flatMap((symbol) =>
      channels.map((channel): Stream => {
        const wireSymbol = `${symbol.base}-${symbol.quote}` as WireSymbol
        return { id: `${channel}:${wireSymbol}`, channel, symbol, wireChannel: channel, wireSymbol, params: [] }
      }),
    ),
  createSubscriptionMessages: (action, streams, context): readonly OutboundMessage[] => {
    const requestId = context.nextRequestId()
    const payload = JSON.stringify({ op: action, id: requestId, streams: streams.map((stream) => stream.id) })
    return [{ payload, action, requestId, wireChannel: 'any', streams }]
  },
}

const acmeParser: MessageParser = {
  isControl: (frame) => !frame.bytes.toString('latin1', frame.start, frame.end).includes('"stream"'),
  parse: parseAcme,
}

interface AcmeFrame {
  readonly pong?: boolean
  readonly ack?: 'subscribe' | 'unsubscribe'
  readonly id?: number
  readonly rejected?: readonly string[]
  /** Refuses the whole request, the named streams being why. */
  readonly whole?: string
  /** Refuses the whole request, because of who asks. */
  readonly denied?: string
  readonly stream?: string
  readonly value?: number
  readonly values?: readonly number[]
  readonly upgrade?: boolean
  readonly error?: string
}

function parseAcme(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
  const { receivedAt } = frame
  const json = frameJson(frame)
  if ('fault' in json) return malformedFrame(receivedAt, json.fault)
  const message = json.value as AcmeFrame
  if (message.pong) return heartbeatMessage(receivedAt, 'pong')
  if (message.upgrade) return otherMessage(receivedAt, null, 'closing soon', 'upgrade')
  if (message.error !== undefined) return errorMessage(receivedAt, '42', message.error, null, 'authentication')
  if (message.ack !== undefined) {
    const rejected = (message.rejected ?? []).map((streamId) => ({
      streamId,
      exchangeCode: '7',
      reason: 'no such pair',
    }))
    const reason = message.whole ?? message.denied ?? null
    const code = message.denied === undefined ? {} : ({ code: 'ERR_AUTHENTICATION_FAILED' } as const)
    return confirmMessage(receivedAt, {
      action: message.ack,
      requestId: message.id ?? null,
      wireChannel: null,
      accepted: reason === null ? 'all' : [],
      rejected,
      refusedAll: reason === null ? null : { exchangeCode: '8', reason, ...code },
    })
  }
  const { stream } = message
  if (stream === undefined) return unknownMessage(receivedAt, 'no stream')
  if (message.values !== undefined) return message.values.map((value) => tickerOf(stream, value, receivedAt))
  return tickerOf(stream, message.value ?? 0, receivedAt)
}

function tickerOf(stream: string, value: number, receivedAt: number): ParsedMessage {
  const wireSymbol = stream.slice(stream.indexOf(':') + 1)
  return {
    type: MessageType.BookTicker,
    symbol: parseInstrument(wireSymbol.replace('-', '/')),
    channel: 'book_ticker',
    data: { bidPrice: value, bidSize: 1, askPrice: value + 1, askSize: 1 },
    exchangeTime: receivedAt,
    receivedAt,
    sequence: value,
    raw: null,
  }
}
