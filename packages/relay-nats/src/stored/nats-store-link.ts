import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import type { RecordToStore } from './record-to-store.js'
import type { StoreLink } from './stored-publisher.js'

/** How long the server may take to say that it keeps a record, ms. */
const acknowledgementMs = 2_000

/** Has records kept by one JetStream stream, over whichever connection there is. */
export class NatsStoreLink implements StoreLink {
  readonly #stream: string
  readonly #onUp: (() => void)[] = []
  #client: JetStreamClient | null = null
  #connection: NatsConnection | null = null

  /** `stream` is the name in JetStream: another stream that has the same subjects is a mistake that is found so. */
  constructor(stream: string) {
    this.#stream = stream
  }

  /** From here on this connection is used, until it ends; null where there is none. */
  use(connection: NatsConnection | null): void {
    this.#connection = connection
    this.#client = connection === null ? null : jetstream(connection)
    if (connection === null) return
    for (const callback of this.#onUp) callback()
  }

  get isUp(): boolean {
    return this.#connection !== null && !this.#connection.isClosed()
  }

  onUp(callback: () => void): void {
    this.#onUp.push(callback)
  }

  async store({ subject, id, payload }: RecordToStore): Promise<{ readonly isDuplicate: boolean }> {
    if (this.#client === null) throw new Error('There is no connection to NATS.')
    const expect = { streamName: this.#stream }
    const { duplicate } = await this.#client.publish(subject, payload, {
      msgID: id,
      timeout: acknowledgementMs,
      expect,
    })
    return { isDuplicate: duplicate }
  }
}
