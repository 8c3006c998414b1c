import type { StreamError } from '@tapewire/core'
import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type StrategyEnv,
  type Transport,
} from '@tapewire/core/adapter'

/** How Newex's socket is reached. Left to write: how often Newex wants a ping and how long it may be silent, with their source. */
export class NewexSpotConnection implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 500,
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
      pingIntervalMs: 15_000,
      pingTimeoutMs: 5_000,
      pingMessage: '{"op":"ping"}',
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
