// A consumer of relayed trades, in a process of its own.
import { connect } from '@nats-io/transport-node'
import { type ExchangeFeed, type PublicTrade, parseInstrument, type Stream } from '@tapewire/core'
import { hopMetrics, natsFeed } from '@tapewire/relay-nats'
import { LatencyHistogram } from '../measure/latency-histogram.js'
import { commands, report } from './child-side.js'

export type RelayConsumerCommand =
  | { readonly kind: 'follow'; readonly url: string; readonly streams: number }
  /** Counts what comes on `raw`, without a relay. */
  | { readonly kind: 'follow-raw'; readonly url: string }
  /** From here on. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'count' }

export type RelayConsumerReport = { readonly kind: 'following' } | { readonly kind: 'begun' } | RelayCounts

/** What came since it began. */
export interface RelayCounts {
  readonly kind: 'counted'
  readonly messages: number
  /** Messages that were not the next of their stream. */
  readonly outOfOrder: number
  readonly missing: number
  readonly gaps: number
  /** From when the publisher had the message until it was in the user's handler, ms; NaN where that is not known. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the first message to the last. */
  readonly seconds: number
  /** Of this process, of one core. */
  readonly cpuSeconds: number
}

/** A clock read for every so many messages: one for each would be a part of what is measured. */
const timedEvery = 16

class Counting {
  messages = 0
  outOfOrder = 0
  delays = new LatencyHistogram()
  #firstAt = 0
  #lastAt = 0
  readonly #streams: number
  readonly #expected = new Map<Stream, number>()

  constructor(streams: number) {
    this.#streams = streams
  }

  take(stream: Stream, [trade]: readonly PublicTrade[], sentAt: number | null): void {
    this.messages += 1
    const number = Number(trade?.id)
    if (number !== (this.#expected.get(stream) ?? number)) this.outOfOrder += 1
    this.#expected.set(stream, number + this.#streams)
    if (this.messages % timedEvery !== 0) return
    const now = this.#note()
    if (sentAt !== null) this.delays.record((performance.timeOrigin + now - sentAt) * 1e6)
  }

  /** One message that is none of a relay. */
  takeRaw(): void {
    this.messages += 1
    if (this.messages % timedEvery === 0) this.#note()
  }

  /** From the first message to the last, as far as they were timed. */
  get seconds(): number {
    return (this.#lastAt - this.#firstAt) / 1_000
  }

  #note(): number {
    const now = performance.now()
    if (this.#firstAt === 0) this.#firstAt = now
    this.#lastAt = now
    return now
  }

  begin(): void {
    this.#firstAt = 0
    this.#lastAt = 0
    this.messages = 0
    this.outOfOrder = 0
    this.delays = new LatencyHistogram()
  }
}

let counting = new Counting(0)
let usage = process.cpuUsage()
let feed: ExchangeFeed | null = null

async function follow(url: string, streams: number): Promise<void> {
  counting = new Counting(streams)
  feed = await natsFeed({
    servers: url,
    exchange: 'made_up',
    symbols: Array.from({ length: streams }, (_, index) => parseInstrument(`COIN${index}/USDT`)),
    channels: ['trades'],
    on: { trades: ({ stream, data, exchangeTime }) => counting.take(stream, data, exchangeTime) },
  })
}

async function followRaw(url: string): Promise<void> {
  const connection = await connect({ servers: url, noAsyncTraces: true })
  connection.subscribe('raw', {
    callback: () => counting.takeRaw(),
  })
  await connection.flush()
}

function count(): void {
  const { user, system } = process.cpuUsage(usage)
  const { p50, p99 } = counting.delays.summary()
  report<RelayConsumerReport>({
    kind: 'counted',
    messages: counting.messages,
    outOfOrder: counting.outOfOrder,
    missing: feed === null ? 0 : hopMetrics(feed).missing,
    gaps: feed === null ? 0 : feed.getPerformanceMetrics().gaps,
    p50Ms: p50 / 1_000,
    p99Ms: p99 / 1_000,
    seconds: counting.seconds,
    cpuSeconds: (user + system) / 1e6,
  })
}

commands<RelayConsumerCommand>(async (command) => {
  switch (command.kind) {
    case 'follow':
      await follow(command.url, command.streams)
      report<RelayConsumerReport>({ kind: 'following' })
      return
    case 'follow-raw':
      await followRaw(command.url)
      report<RelayConsumerReport>({ kind: 'following' })
      return
    case 'begin':
      counting.begin()
      usage = process.cpuUsage()
      report<RelayConsumerReport>({ kind: 'begun' })
      return
    case 'count':
      count()
  }
})
