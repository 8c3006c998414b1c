import type { StreamError } from '@tapewire/core'
import {
  type ConnectionContext,
  type ConnectionStrategy,
  openSocket,
  type ReconnectionPolicy,
  type StrategyEnv,
  type Transport,
} from '@tapewire/core/adapter'
import { wireChannels } from './channels.js'
import type { ResolvedOptions } from './options.js'

/** The exchange closes a silent connection after 30 s; its own clients ping every 5 to 10 s. Source: gateio/gatews, `client.py` and `client.go`. */
const pingIntervalMs = 10_000
const pingTimeoutMs = 10_000

/** How Gate.io's spot socket is reached. There is no login: each private request carries its own signature. Nothing is restored after a reconnect: streams are asked for and signed again. */
export class GateioSpotConnection implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 500,
    backoffFactor: 2,
    maxDelayMs: 30_000,
    resetOn1005: true,
  }
  readonly #url: string

  constructor({ url }: ResolvedOptions) {
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
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
  }

  connect(context: ConnectionContext, env: StrategyEnv): Promise<Transport> {
    return openSocket(context, env)
  }

  heartbeat(transport: Transport, { clock }: StrategyEnv): void {
    const time = Math.floor(clock.wallTime() / 1000)
    transport.send(`{"time":${time},"channel":"${wireChannels.ping}"}`)
  }

  /** How often a key that is refused is tried, the manager knows. */
  shouldReconnect({ code, retryable }: StreamError): boolean {
    return retryable || code === 'ERR_AUTHENTICATION_FAILED'
  }
}
