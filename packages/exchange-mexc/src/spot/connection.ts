import type { StreamError } from '@tapewire/core'
import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type StrategyEnv,
  type Transport,
} from '@tapewire/core/adapter'

/** MEXC's own ping: pings of the WebSocket protocol may stay unanswered. Source: MEXC spot v3 API docs, "PING/PONG mechanism". */
const pingMessage = '{"method":"PING"}'

/** Well inside the 60 s after which MEXC closes a silent connection, without a close frame. */
const pingIntervalMs = 20_000
const pingTimeoutMs = 10_000

/**
 * How MEXC's spot socket is reached. There is no login: market data needs none, the account's URL says who we are, and a refusal arrives as a message.
 */
export class MexcSpotConnection implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 1_000,
    backoffFactor: 2,
    maxDelayMs: 30_000,
    resetOn1005: true,
  }
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async context(_env: StrategyEnv): Promise<ConnectionContext> {
    return {
      url: this.#url,
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

  connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport> {
    return openSocket(context, env)
  }

  shouldReconnect(error: StreamError): boolean {
    return error.retryable
  }
}
