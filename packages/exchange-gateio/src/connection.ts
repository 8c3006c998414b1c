import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  StreamError,
  type Transport,
} from '@tapewire/core'
import { wireChannels } from './channels.js'
import type { ResolvedOptions } from './options.js'
import type { ServerTime } from './server-time.js'

/** The venue closes a silent connection after 30 s; its own clients ping every 5 to 10 s. Source: gateio/gatews, `client.py` and `client.go`. */
const pingIntervalMs = 10_000
const pingTimeoutMs = 10_000

/** A key that was refused this often in a row is wrong, not unlucky. */
const maxAuthenticationFailures = 3

/** How Gate.io's spot socket is reached. Nothing is restored after a reconnect: streams are asked for and signed again. */
export class GateioConnection implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 500,
    backoffFactor: 2,
    maxDelayMs: 30_000,
    resetOn1005: true,
  }
  readonly #options: ResolvedOptions
  readonly #serverTime: ServerTime | null
  #authenticationFailures = 0

  /** `serverTime` is measured before each attempt; null for market data, which signs nothing. */
  constructor(options: ResolvedOptions, serverTime: ServerTime | null) {
    this.#options = options
    this.#serverTime = serverTime
  }

  async context(signal: AbortSignal): Promise<ConnectionContext> {
    await this.#serverTime?.measure(signal)
    return {
      url: this.#options.url,
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs,
      pingTimeoutMs,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
  }

  async connect(context: ConnectionContext, signal: AbortSignal): Promise<Transport> {
    try {
      const transport = await openSocket(context, signal, this.#options.socket)
      this.#authenticationFailures = 0
      return transport
    } catch (thrown) {
      if (isAuthenticationFailure(thrown)) this.#authenticationFailures += 1
      throw thrown
    }
  }

  /** There is no login: each private request carries its own signature. */
  async authenticate(): Promise<void> {}

  heartbeat(transport: Transport): void {
    const time = Math.floor(this.#options.clock.wallTime() / 1000)
    transport.send(`{"time":${time},"channel":"${wireChannels.ping}"}`)
  }

  shouldReconnect(error: StreamError): boolean {
    if (isAuthenticationFailure(error)) return this.#authenticationFailures < maxAuthenticationFailures
    // The next attempt asks the server's clock again, which it may not have been able to this time.
    return error.retryable || error.code === 'ERR_CLOCK_SKEW'
  }
}

function isAuthenticationFailure(thrown: unknown): boolean {
  return thrown instanceof StreamError && thrown.code === 'ERR_AUTHENTICATION_FAILED'
}
