import { connect } from '@nats-io/transport-node'
import {
  createPrivateExchange,
  type ExchangeFeed,
  type FeedListeners,
  type FeedMessage,
  type GapEvent,
  MessageType,
} from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { type GateioSpotVenue, gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { type MexcSpotVenue, mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { onTestFailed } from 'vitest'
import { NatsServer } from '../../../../tools/nats-server.js'
import { readHeader } from '../../src/encoding.js'
import { type NatsAccountFeedOptions, natsFeed, type RelayOptions } from '../../src/index.js'
import type { Ownership } from '../../src/ownership.js'
import { Relay } from '../../src/relay/relay.js'
import { btc, told, until } from './scene.js'

export const accounts: {
  readonly gateio: readonly [typeof gateioSpot, typeof gateioSpotEmulation]
  readonly mexc: readonly [typeof mexcSpot, typeof mexcSpotEmulation]
} = { gateio: [gateioSpot, gateioSpotEmulation], mexc: [mexcSpot, mexcSpotEmulation] }

type Venue = GateioSpotVenue | MexcSpotVenue

/** How often a beat is sent in tests, ms. */
export const beatIntervalMs = 50

/** What consumers take for the interval unless a test is about relays that die, ms: on a busy machine nothing comes for longer than three beats. */
const patientMs = 5_000

/** What a feed has told, in order, by channel. */
export class AccountRecord {
  readonly messages: FeedMessage[] = []
  readonly gaps: GapEvent[] = []
  readonly others: string[] = []

  /** From the first on. */
  readonly listeners: FeedListeners = {
    message: (message) => {
      if (message.type === MessageType.Other) this.others.push(message.data.detail)
      else if (message.type > 0 && message.channel !== null) this.messages.push(message)
    },
    gap: (gap) => this.gaps.push(gap),
    error: () => {},
  }

  of(channel: string): readonly unknown[] {
    return this.messages.filter((message) => message.channel === channel).map(told)
  }

  get all(): unknown {
    return { orders: this.of('orders'), executions: this.of('executions'), balances: this.of('balances') }
  }
}

/** An emulated exchange with an account that trades, a nats-server, and whoever relays and follows the account. */
export class AccountScene {
  readonly server: VenueServer
  readonly nats: NatsServer
  readonly exchange: keyof typeof accounts
  readonly #venue: () => Venue
  readonly #closing: { close(): Promise<void> }[] = []

  private constructor(exchange: keyof typeof accounts, server: VenueServer, nats: NatsServer, venue: () => Venue) {
    this.exchange = exchange
    this.server = server
    this.nats = nats
    this.#venue = venue
  }

  static async open(exchange: keyof typeof accounts): Promise<AccountScene> {
    const nats = await NatsServer.start()
    let venue: Venue | null = null
    const [, emulation] = accounts[exchange]
    const server = await startVenueServer({
      venue: (env) => {
        const made = emulation.createVenue(env)
        // It moves by itself while anybody is subscribed to it: on a busy machine also before the relay is there, and a consumer.
        made.account.start = () => {}
        venue = made
        return made
      },
      pairs: [btc],
      seed: 7,
      levels: 30,
    })
    return new AccountScene(exchange, server, nats, () => venue as unknown as Venue)
  }

  get credentials(): { readonly apiKey: string; readonly apiSecret: string } {
    return accounts[this.exchange][1].credentials
  }

  /** A feed of the account at the exchange itself, and its relay. */
  async relay(
    options: Partial<RelayOptions> = {},
    ownership?: Ownership,
  ): Promise<{ readonly relay: Relay; readonly record: AccountRecord; readonly feed: ExchangeFeed }> {
    const record = new AccountRecord()
    const feed = await this.#feed(record)
    this.#closing.push(feed)
    const made = new Relay(feed, { servers: this.nats.url, beatIntervalMs, ...options }, ownership)
    await made.open()
    this.#closing.push(made)
    made.on('error', () => {})
    return { relay: made, record, feed }
  }

  /** A feed of the account at the exchange itself, which nobody relays. */
  async watch(): Promise<AccountRecord> {
    const record = new AccountRecord()
    this.#closing.push(await this.#feed(record))
    return record
  }

  /** The epochs of everything that is stored of the account meanwhile. */
  async epochsWhile(work: () => Promise<void>): Promise<ReadonlySet<number>> {
    const connection = await connect({ servers: this.nats.url })
    const epochs = new Set<number>()
    connection.subscribe(`tapewire.${accounts[this.exchange][0].name}.*.main`, {
      callback: (_, { data }) => {
        const header = readHeader(data)
        if (header !== null) epochs.add(header.epoch)
      },
    })
    await connection.flush()
    await work()
    await connection.flush()
    await connection.close()
    return epochs
  }

  async follow(
    options: Partial<NatsAccountFeedOptions> = {},
  ): Promise<{ readonly feed: ExchangeFeed; readonly record: AccountRecord }> {
    const record = new AccountRecord()
    const on = record.listeners
    const exchange = accounts[this.exchange][0].name
    const given = { servers: this.nats.url, exchange, account: 'main', beatIntervalMs: patientMs, on }
    const feed = await natsFeed({ ...given, ...options })
    this.#closing.push(feed)
    return { feed, record }
  }

  /** Lets something happen on the account so many times. */
  async trade(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      this.#venue().account.step()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #feed(record: AccountRecord): Promise<ExchangeFeed> {
    const { url, restUrl } = this.server
    return createPrivateExchange({
      exchange: accounts[this.exchange][0],
      credentials: this.credentials,
      options: { url, restUrl },
      on: record.listeners,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#closing.splice(0).reverse()) await one.close()
    await this.server.close()
    await this.nats[Symbol.asyncDispose]()
  }
}

/** Until both have told as much, and that is something. What each has told is printed where the test fails. */
export function untilEqual(one: AccountRecord, other: AccountRecord, least = 1): Promise<void> {
  onTestFailed(() => {
    process.stderr.write(`${JSON.stringify({ one: one.all, other: other.all, gaps: other.gaps }, null, 1)}\n`)
  })
  return until(() => one.messages.length >= least && one.messages.length === other.messages.length)
}
