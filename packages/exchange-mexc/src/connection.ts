import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type SocketOptions,
  type StreamError,
  type Transport,
} from '@tapewire/core'

/** MEXC's own ping: pings of the WebSocket protocol may stay unanswered. Source: MEXC spot v3 API docs, "PING/PONG mechanism". */
export const pingMessage = '{"method":"PING"}'

/** Well inside the 60 s after which MEXC closes a silent connection, without a close frame. */
const pingIntervalMs = 20_000
const pingTimeoutMs = 10_000

export const reconnectionPolicy: ReconnectionPolicy = {
  maxAttempts: 10,
  initialDelayMs: 1_000,
  backoffFactor: 2,
  maxDelayMs: 30_000,
  resetOn1005: true,
}

/** What a connection to `url` needs; the ping rules are the same with and without an account. */
export function connectionContext(url: string): ConnectionContext {
  return {
    url,
    headers: {},
    authRequired: false,
    authParams: null,
    pingIntervalMs,
    pingTimeoutMs,
    pingMessage,
    maxReconnectAttempts: null,
    reconnectDelayMs: null,
  }
}

/** Market data needs no account: one URL, and nothing to keep alive but the socket. */
export class MexcConnectionStrategy implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = reconnectionPolicy
  readonly #url: string
  readonly #socket: SocketOptions

  constructor(url: string, socket: SocketOptions) {
    this.#url = url
    this.#socket = socket
  }

  context(): Promise<ConnectionContext> {
    return Promise.resolve(connectionContext(this.#url))
  }

  connect(context: ConnectionContext, signal: AbortSignal): Promise<Transport> {
    return openSocket(context, signal, this.#socket)
  }

  authenticate(): Promise<void> {
    return Promise.resolve()
  }

  heartbeat(transport: Transport): void {
    transport.send(pingMessage)
  }

  shouldReconnect(error: StreamError): boolean {
    return error.retryable
  }
}
