import {
  type AnyExchangeDefinition,
  createPublicExchange,
  type ExchangeFeed,
  type FeedMessage,
  type Instrument,
  type OrderBook,
  type PublicExchangeOptions,
  parseInstrument,
} from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { startVenueServer, type VenueFactory, type VenueServer } from '@tapewire/testkit'
import { NatsServer, type NatsServerOptions } from '../../../../tools/nats-server.js'
import { type NatsFeedOptions, natsFeed, type Relay, type RelayOptions, relay } from '../../src/index.js'

export const btc: Instrument = parseInstrument('BTC/USDT')
export const eth: Instrument = parseInstrument('ETH/USDT')

/** An exchange from both sides. */
export interface Emulated {
  readonly definition: AnyExchangeDefinition
  readonly createVenue: VenueFactory
}

export const gateio: Emulated = { definition: gateioSpot, createVenue: gateioSpotEmulation.createVenue }
export const mexc: Emulated = { definition: mexcSpot, createVenue: mexcSpotEmulation.createVenue }

/** How often a beat is sent in tests, ms. */
const beatIntervalMs = 50

/** What consumers take for the interval unless a test is about relays that die, ms: on a busy machine nothing comes for longer than three beats. */
const patientMs = 5_000

/** An emulated exchange, a nats-server, and whoever relays and follows, on the machine's own clock. */
export class RelayScene {
  readonly exchange: Emulated
  readonly venue: VenueServer
  readonly nats: NatsServer
  readonly #closing: { close(): Promise<void> }[] = []

  private constructor(exchange: Emulated, venue: VenueServer, nats: NatsServer) {
    this.exchange = exchange
    this.venue = venue
    this.nats = nats
  }

  static async open(
    exchange: Emulated,
    nature: Pick<NatsServerOptions, 'isWithoutJetStream' | 'config'> = {},
  ): Promise<RelayScene> {
    const nats = await NatsServer.start(nature)
    const venue = await startVenueServer({ venue: exchange.createVenue, pairs: [btc, eth], seed: 7, levels: 30 })
    return new RelayScene(exchange, venue, nats)
  }

  /** A feed of the emulation. */
  async feed(options: Omit<PublicExchangeOptions, 'exchange'>): Promise<ExchangeFeed> {
    const { url, restUrl } = this.venue
    const feed = await createPublicExchange({
      exchange: this.exchange.definition,
      ...options,
      options: { url, restUrl, ...options.options },
    })
    return this.#keep(feed)
  }

  async relay(feed: ExchangeFeed, options: Partial<RelayOptions> = {}): Promise<Relay> {
    return this.#keep(await relay(feed, { servers: this.nats.url, beatIntervalMs, ...options }))
  }

  async follow(
    options: Omit<Partial<NatsFeedOptions>, 'exchange'> & Pick<NatsFeedOptions, 'symbols'>,
  ): Promise<ExchangeFeed> {
    const exchange = this.exchange.definition.name
    // What goes wrong on purpose is not to be seen in the output of the tests.
    const on = { error: () => {} }
    return this.#keep(await natsFeed({ servers: this.nats.url, exchange, beatIntervalMs: patientMs, on, ...options }))
  }

  /** Lets something happen on the market so many times, far enough apart for an exchange to send it in frames of its own. */
  async trade(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      for (let step = 0; step < 40; step += 1) this.venue.market.step()
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#closing.splice(0).reverse()) await one.close()
    await this.venue.close()
    await this.nats[Symbol.asyncDispose]()
  }

  #keep<One extends { close(): Promise<void> }>(one: One): One {
    this.#closing.push(one)
    return one
  }
}

/** What a message says, whoever received it. */
export function told({ type, symbol, channel, data, exchangeTime, sequence }: FeedMessage): unknown {
  return { type, symbol: symbol?.name ?? null, channel, data, exchangeTime, sequence }
}

/** All that is in a book. */
export function levelsOf(book: OrderBook | null): unknown {
  if (book === null) return null
  const { bids, asks } = book.depth(Number.POSITIVE_INFINITY)
  return { isLive: book.isLive, sequence: book.sequence, bids, asks }
}

/** Resolves once it is so; the test's own time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
