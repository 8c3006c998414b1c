import type { WireSymbol } from '../../src/adapter.js'
import {
  type ConnectionContext,
  type ConnectionStrategy,
  confirmMessage,
  contractVersion,
  dataMessage,
  type ExchangeDefinition,
  type ExchangeLimits,
  errorMessage,
  frameJson,
  heartbeatMessage,
  type InboundFrame,
  isChannel,
  type MessageParser,
  malformedFrame,
  type OutboundMessage,
  openSocket,
  otherMessage,
  type ParsedMessage,
  replyMessage,
  Streams,
  type SubscriptionStrategy,
  stateMessage,
  unknownMessage,
} from '../../src/adapter.js'
import {
  parseInstrument,
  type SocketOptions,
  type Stream,
  StreamError,
  type StreamStatus,
  WebSocketStrategySet,
} from '../../src/index.js'

/** How the made-up exchange is to behave towards the manager. */
export interface AcmeOptions {
  readonly url: string
  readonly limits?: Partial<ExchangeLimits>
  readonly connection?: Partial<ConnectionStrategy>
  readonly subscription?: Partial<SubscriptionStrategy>
  readonly context?: Partial<ConnectionContext>
  readonly socket?: SocketOptions
  /** Its messages have no number: the bid alone tells one from another. */
  readonly isUnnumbered?: boolean
}

const limits: ExchangeLimits = {
  streamsPerConnection: 10,
  streamHeadroom: 0,
  clientMessagesPerSecond: 1000,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
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
  const streams = new Streams()
  return new WebSocketStrategySet({
    contract: contractVersion,
    exchange: 'acme_spot',
    connectionStrategy: { ...acmeConnection(options), ...options.connection },
    subscriptionStrategy: { ...acmeSubscription(streams), ...options.subscription },
    messageParser: new AcmeParser(streams, options.isUnnumbered === true),
    limits: { ...limits, ...options.limits },
    socket: options.socket ?? null,
  })
}

function acmeConnection({ url, context }: AcmeOptions): ConnectionStrategy {
  return {
    reconnectionPolicy: { maxAttempts: 5, initialDelayMs: 100, backoffFactor: 2, maxDelayMs: 5000, resetOn1005: true },
    hasCredentials: true,
    context: async () => ({
      url,
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: 10_000,
      pingTimeoutMs: 5_000,
      pingMessage: JSON.stringify({ op: 'ping', id: 0, streams: [] }),
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
      ...context,
    }),
    connect: openSocket,
    shouldReconnect: () => true,
  }
}

/** Acme's streams are named `book_ticker:BTC-USDT`. */
function streamNamed(streams: Streams, id: string): Stream | null {
  const [channel = '', wireSymbol = ''] = id.split(':')
  if (!isChannel(channel)) return null
  const instrument = parseInstrument(wireSymbol.replace('-', '/'))
  const description = { id, instrument, wireChannel: channel, wireSymbol: wireSymbol as WireSymbol }
  return streams.planned({ ...description, channels: [channel] })
}

function acmeSubscription(streams: Streams): SubscriptionStrategy {
  return {
    plan: ({ channel, instruments }) =>
      instruments.flatMap(({ base, quote }) => streamNamed(streams, `${channel}:${base}-${quote}`) ?? []),
    createSubscriptionMessages: (action, asked, context): readonly OutboundMessage[] => {
      const requestId = context.nextRequestId()
      const payload = JSON.stringify({ op: action, id: requestId, streams: asked.map((stream) => stream.id) })
      return [{ payload, action, requestId, wireChannel: 'any', streams: asked }]
    },
    createRequest: (payload, requestId) => JSON.stringify({ ...payload, id: requestId }),
  }
}

interface AcmeFrame {
  readonly pong?: boolean
  /** A ping of the server's own, and what it wants to hear. */
  readonly ping?: string
  /** The answer to a login: true, or why not. */
  readonly login?: true | string
  readonly ack?: 'subscribe' | 'unsubscribe'
  readonly id?: number
  readonly rejected?: readonly string[]
  /** Refused for the moment. */
  readonly busy?: readonly string[]
  /** Refuses the whole request, the named streams being why. */
  readonly whole?: string
  /** Refuses the whole request, for one of its streams that it does not name. */
  readonly split?: string
  /** Refuses the whole request, because of who asks. */
  readonly denied?: string
  /** Refuses the whole request, because of its time. */
  readonly late?: string
  /** Settles these alone; the others of the request are still open. */
  readonly partly?: readonly string[]
  /** Answers a request that is no subscription. */
  readonly reply?: unknown
  readonly stream?: string
  readonly value?: number
  readonly values?: readonly number[]
  readonly upgrade?: boolean
  readonly error?: string
  /** Of one that is wrong, until when it was not. */
  readonly wholeUntil?: number
  /** Says of one stream that it is wrong. */
  readonly wrong?: string
  /** Says of one stream how it is where it comes from. */
  readonly told?: { readonly stream: string; readonly status: StreamStatus; readonly reason: string }
}

class AcmeParser implements MessageParser {
  readonly #streams: Streams
  readonly #isUnnumbered: boolean

  constructor(streams: Streams, isUnnumbered: boolean) {
    this.#streams = streams
    this.#isUnnumbered = isUnnumbered
  }

  peek(frame: InboundFrame): 'control' | Stream | null {
    const id = /"stream":"([^"]*)"/.exec(frame.bytes.toString('latin1', frame.start, frame.end))?.[1]
    return id === undefined ? 'control' : streamNamed(this.#streams, id)
  }

  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    const { receivedAt } = frame
    const json = frameJson(frame)
    if ('fault' in json) return malformedFrame(receivedAt, json.fault)
    const message = json.value as AcmeFrame
    if (message.pong) return heartbeatMessage(receivedAt, 'pong')
    if (message.ping !== undefined) return heartbeatMessage(receivedAt, 'ping', null, message.ping)
    if (message.login !== undefined) {
      const ok = message.login === true
      const [exchangeCode, reason] = ok ? [null, null] : ['9', String(message.login)]
      return replyMessage(receivedAt, { requestId: message.id ?? null, ok, exchangeCode, reason, payload: message })
    }
    if (message.upgrade) return otherMessage(receivedAt, null, 'closing soon', 'upgrade')
    if (message.error !== undefined) return errorMessage(receivedAt, '42', message.error, { failure: 'authentication' })
    if (message.wrong !== undefined) {
      return errorMessage(receivedAt, '43', 'the feed of this stream broke', {
        stream: streamNamed(this.#streams, message.wrong),
        ...(message.wholeUntil === undefined ? {} : { wholeUntil: message.wholeUntil }),
      })
    }
    if (message.told !== undefined) {
      const { stream, status, reason } = message.told
      return stateMessage(receivedAt, streamNamed(this.#streams, stream) as Stream, status, reason)
    }
    if (message.reply !== undefined) {
      const ok = message.reply !== 'no'
      const reason = ok ? null : 'not today'
      return replyMessage(receivedAt, {
        requestId: message.id ?? null,
        ok,
        exchangeCode: null,
        reason,
        payload: message.reply,
      })
    }
    if (message.ack !== undefined) return acknowledgement(message, message.ack, receivedAt)
    const stream = message.stream === undefined ? null : streamNamed(this.#streams, message.stream)
    if (stream === null) return unknownMessage(receivedAt, 'no stream')
    const values = message.values ?? [message.value ?? 0]
    const messages = values.map((value) => quoteOf(stream, value, this.#isUnnumbered ? null : value, receivedAt))
    return messages.length === 1 ? (messages[0] as ParsedMessage) : messages
  }
}

function acknowledgement(message: AcmeFrame, action: 'subscribe' | 'unsubscribe', receivedAt: number): ParsedMessage {
  const { id: requestId = null, rejected: names = [], busy = [], whole, split, denied, late, partly } = message
  const rejected = [
    ...names.map((streamId) => ({ streamId, exchangeCode: '7', reason: 'no such pair' })),
    ...busy.map((streamId) => ({ streamId, exchangeCode: '3', reason: 'server error', retryable: true })),
  ]
  const answer = { action, requestId, rejected }
  if (denied !== undefined) {
    const others = { exchangeCode: '8', reason: denied, code: 'ERR_AUTHENTICATION_FAILED' } as const
    return confirmMessage(receivedAt, { ...answer, others })
  }
  if (split !== undefined) {
    return confirmMessage(receivedAt, { ...answer, others: { split: { exchangeCode: '8', reason: split } } })
  }
  if (late !== undefined) {
    const others = { exchangeCode: '9', reason: late, code: 'ERR_CLOCK_SKEW' } as const
    return confirmMessage(receivedAt, { ...answer, others })
  }
  if (whole !== undefined) {
    const others = rejected.length > 0 ? 'again' : { exchangeCode: '8', reason: whole }
    return confirmMessage(receivedAt, { ...answer, others })
  }
  if (partly !== undefined) return confirmMessage(receivedAt, { ...answer, accepted: partly, others: 'pending' })
  return confirmMessage(receivedAt, { ...answer, others: 'accepted' })
}

/** Every channel of acme's carries the same: a number, as the bid of a quote. */
function quoteOf(stream: Stream, value: number, sequence: number | null, receivedAt: number): ParsedMessage {
  const data = { bidPrice: value, bidSize: 1, askPrice: value + 1, askSize: 1 }
  return dataMessage<'book_ticker'>(stream, stream.instrument, data, receivedAt, receivedAt, sequence)
}
