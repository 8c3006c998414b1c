import type { StreamError } from '@tapewire/core'
import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type StrategyEnv,
  type Transport,
} from '@tapewire/core/adapter'

/** Nimbus sends a heartbeat every second; three in a row do not get lost. */
const heartbeatIntervalMs = 1_000
const silenceMs = 3_000

/** Reaches Nimbus. It says by itself, every second, that it is there, and wants no pings. */
export class NimbusConnectionStrategy implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 200,
    backoffFactor: 2,
    maxDelayMs: 10_000,
    resetOn1005: true,
  }
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async context(): Promise<ConnectionContext> {
    return {
      url: this.#url,
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: heartbeatIntervalMs,
      pingTimeoutMs: silenceMs,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
  }

  connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport> {
    return openSocket(context, env)
  }

  /** Nothing is sent: what is looked for is whether Nimbus has said anything since. */
  heartbeat(): void {}

  shouldReconnect(error: StreamError): boolean {
    return error.code !== 'ERR_INSECURE_URL' && error.code !== 'ERR_INVALID_CONFIG'
  }
}
