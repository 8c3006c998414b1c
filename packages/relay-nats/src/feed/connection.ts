import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock, StreamError } from '@tapewire/core'
import type {
  ConnectionContext,
  ConnectionStrategy,
  ReconnectionPolicy,
  StrategyEnv,
  Transport,
} from '@tapewire/core/adapter'
import { connectNats } from '../connect/connect-nats.js'
import type { NatsOptions } from '../connect/nats-options.js'
import { alertAdvice } from './alert-advice.js'

/** A server that does not answer a ping in this time is gone, ms. */
const pingMs = 5_000

/** What makes a socket of core of a connection. */
export type OpenTransport = (connection: NatsConnection, clock: Clock) => Transport

/** How NATS is reached, and given up on: core connects anew, the client itself never does. */
export class RelayedConnection implements ConnectionStrategy {
  readonly reconnectionPolicy: ReconnectionPolicy = {
    maxAttempts: 10,
    initialDelayMs: 100,
    backoffFactor: 2,
    maxDelayMs: 5_000,
    resetOn1005: true,
  }
  readonly alertAdvice: NonNullable<ConnectionStrategy['alertAdvice']> = alertAdvice
  readonly hasCredentials: boolean
  readonly #nats: NatsOptions
  readonly #transport: OpenTransport

  constructor(nats: NatsOptions, transport: OpenTransport) {
    this.#nats = nats
    this.#transport = transport
    this.hasCredentials = nats.credentials !== undefined
  }

  async context(): Promise<ConnectionContext> {
    const { servers } = this.#nats
    return {
      url: withoutUser(typeof servers === 'string' ? servers : (servers[0] as string)),
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: pingMs,
      pingTimeoutMs: pingMs,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    }
  }

  async connect(_context: ConnectionContext, { clock }: StrategyEnv): Promise<Transport> {
    return this.#transport(await connectNats(this.#nats), clock)
  }

  shouldReconnect({ code }: StreamError): boolean {
    return code !== 'ERR_AUTHENTICATION_FAILED' && code !== 'ERR_INVALID_CREDENTIALS'
  }
}

/** An address as it may be shown. */
function withoutUser(server: string): string {
  const address = server.slice(server.lastIndexOf('@') + 1)
  return address.includes('://') ? address : `nats://${address}`
}
