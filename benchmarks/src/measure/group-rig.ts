import { setTimeout as sleep } from 'node:timers/promises'
import { createPublicExchange, type ExchangeFeed, type PublicChannel, StreamError } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { natsFeed, type RelayGroupOptions } from '@tapewire/relay-nats'
import { NatsServer } from '../../../tools/nats-server.js'
import { Child } from '../processes/child.js'
import type { RelayMemberCommand, RelayMemberReport } from '../processes/relay-member-process.js'
import type { VenueCommand, VenueReport } from '../processes/venue-process.js'

export type Member = Child<RelayMemberCommand, RelayMemberReport>

export interface GroupRigOptions {
  readonly symbols: number
  readonly shares: number
  readonly leaseMs: number
  /** How often something happens at the exchange, ms. */
  readonly intervalMs: number
}

const channels: readonly PublicChannel[] = ['trades', 'orderbook']

/** A nats-server, an emulated exchange with a market that lives, and the members of groups, each in a process of its own. */
export class GroupRig {
  readonly nats: NatsServer
  readonly symbols: readonly string[]
  readonly #options: GroupRigOptions
  readonly #venue: Child<VenueCommand, VenueReport>
  readonly #addresses: { readonly url: string; readonly restUrl: string }
  readonly #members = new Set<Member>()
  readonly #feeds: ExchangeFeed[] = []

  private constructor(
    options: GroupRigOptions,
    symbols: readonly string[],
    nats: NatsServer,
    venue: Child<VenueCommand, VenueReport>,
    addresses: { readonly url: string; readonly restUrl: string },
  ) {
    this.nats = nats
    this.symbols = symbols
    this.#options = options
    this.#venue = venue
    this.#addresses = addresses
  }

  static async open(options: GroupRigOptions): Promise<GroupRig> {
    const symbols = Array.from({ length: options.symbols }, (_, index) => `COIN${index}/USDT`)
    const nats = await NatsServer.start()
    const venue = new Child<VenueCommand, VenueReport>('venue-process')
    venue.send({ kind: 'start', venue: 'gateio', symbols, intervalMs: options.intervalMs, isLogged: false })
    const { url, restUrl } = await venue.next('listening')
    return new GroupRig(options, symbols, nats, venue, { url, restUrl })
  }

  /** How many streams the group relays. */
  get streams(): number {
    return this.symbols.length * channels.length
  }

  /** A process that is a member from then on. */
  async member(group: string): Promise<Member> {
    const member: Member = new Child('relay-member-process')
    this.#members.add(member)
    await this.join(member, group)
    return member
  }

  async join(member: Member, group: string): Promise<void> {
    const { shares, leaseMs } = this.#options
    const options: Pick<RelayGroupOptions, 'group' | 'prefix' | 'symbols' | 'channels' | 'leaseMs' | 'shares'> = {
      group,
      prefix: group,
      symbols: this.symbols,
      channels,
      leaseMs,
      shares,
    }
    member.send({ kind: 'join', servers: this.nats.url, ...this.#addresses, options })
    await member.next('joined')
  }

  /** Without a word to anybody. */
  async kill(member: Member): Promise<void> {
    this.#members.delete(member)
    await member.end()
  }

  /** How many instruments each has, once all are somebody's and all know of all. */
  async settled(members: readonly Member[]): Promise<readonly number[]> {
    for (;;) {
      const looks = await Promise.all(members.map((member) => look(member)))
      const counts = looks.map(({ symbols }) => symbols)
      const isWhole = counts.reduce((sum, count) => sum + count, 0) === this.symbols.length
      if (isWhole && looks.every((one) => one.members === members.length)) return counts
      await sleep(10)
    }
  }

  /** A consumer of what the group relays, once all of it is published. */
  async follow(group: string): Promise<ExchangeFeed> {
    for (;;) {
      try {
        const feed = await this.#follow(group)
        this.#feeds.push(feed)
        return feed
      } catch (thrown) {
        if (!(thrown instanceof StreamError) || thrown.code !== 'ERR_SUBSCRIPTION_REJECTED') throw thrown
        await sleep(100)
      }
    }
  }

  /** The trades of the exchange itself. */
  async direct(): Promise<ExchangeFeed> {
    const feed = await createPublicExchange({
      exchange: gateioSpot,
      symbols: this.symbols,
      channels: ['trades'],
      options: this.#addresses,
    })
    this.#feeds.push(feed)
    return feed
  }

  #follow(group: string): Promise<ExchangeFeed> {
    return natsFeed({
      servers: this.nats.url,
      prefix: group,
      exchange: gateioSpot.name,
      symbols: this.symbols,
      channels,
      retry: true,
      on: { error: () => {} },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.close()))
    await Promise.all([...this.#members].map((member) => member.end()))
    await this.#venue.end()
    await this.nats[Symbol.asyncDispose]()
  }
}

export async function look(member: Member): Promise<Extract<RelayMemberReport, { readonly kind: 'looked' }>> {
  member.send({ kind: 'look' })
  return member.next('looked')
}
