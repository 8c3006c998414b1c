import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { StreamError } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { connectNats } from '../connect/connect-nats.js'
import type { NatsOptions } from '../connect/nats-options.js'
import { NatsTables } from '../tables/nats-tables.js'
import { SharedLimiter } from './shared-limiter.js'

export interface NatsLimitsOptions {
  readonly nats: NatsOptions & { readonly group: string; readonly exchange: string; readonly replicas?: number }
  readonly address: string | undefined
  readonly leaseMs: number
  onError(error: StreamError): void
}

/** The limits of one group, in tables of their own: a member that leaves has connections open until after it has left. */
export class NatsLimits {
  readonly limiter: SharedLimiter
  readonly #tables: NatsTables
  #opening: Promise<void> | null = null

  constructor({ nats, address = hostname(), leaseMs, onError }: NatsLimitsOptions) {
    const { group, exchange, replicas = 1 } = nats
    this.#tables = new NatsTables({
      // No group has such a name, because of the underscore.
      name: `tapewire_limits-${group}-${exchange}`,
      leaseMs,
      replicas,
      clock: systemClock,
      connect: () => connectNats(nats),
    })
    const { members, shares: places } = this.#tables
    const common = { clock: systemClock, leaseMs, address, newId: () => randomUUID(), onError }
    this.limiter = new SharedLimiter({ ...common, members, places, open: () => this.#open() })
  }

  async close(): Promise<void> {
    await this.limiter.close()
    await this.#tables.close()
  }

  #open(): Promise<void> {
    this.#opening ??= this.#tables.open().catch((thrown: unknown) => {
      this.#opening = null
      throw thrown
    })
    return this.#opening
  }
}
