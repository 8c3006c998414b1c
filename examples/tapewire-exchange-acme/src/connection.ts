import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type StreamError,
  type Transport,
} from '@tapewire/core'

const pingMessage = '{"op":"ping"}'

/** How Acme's socket is reached. Market data needs no login. */
export class AcmeConnection implements ConnectionStrategy {
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

  async context(): Promise<ConnectionContext> {
    return {
      url: this.#url,
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: 15_000,
      pingTimeoutMs: 5_000,
      pingMessage,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
  }

  connect(context: ConnectionContext, signal: AbortSignal): Promise<Transport> {
    return openSocket(context, signal)
  }

  async authenticate(): Promise<void> {}

  heartbeat(transport: Transport): void {
    transport.send(pingMessage)
  }

  shouldReconnect(error: StreamError): boolean {
    return error.retryable
  }
}
