import type { DropEvent, FeedMessage, GapEvent, Instrument, PublicTrade, Stream, StreamState } from '@tapewire/core'
import type { MarketTrade } from '@tapewire/testkit'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'
import { type Delivery, NumberedStream } from './numbered-stream.js'

/**
 * Every trade, and every execution of the account, is delivered once, or there is a word of its loss: between two whose numbers do not follow on to each other the stream was
 * not live, or a drop was told; a gap is told that covers them; and what is told as fetched has been.
 */
export class ToldLosses implements Watch {
  readonly name = 'told losses'
  readonly #world: World
  readonly #delivered = new Map<Stream, NumberedStream>()

  /** The numbers of the market's trades, by pair and by what else a trade says. */
  readonly #numbers = new Map<Instrument, Map<string, number[]>>()
  /** When each of them happened, by pair and number. */
  readonly #times = new Map<Instrument, Map<number, number>>()

  constructor(world: World) {
    this.#world = world
    const { market } = world
    for (const pair of market.pairs) for (const trade of market.recentTrades(pair)) this.#note(trade)
    market.listen((event) => {
      if (event.kind === 'trade') this.#note(event)
    })
  }

  onMessage(message: FeedMessage): Finding {
    const { channel, stream, data, receivedAt } = message
    if (stream === null) return null
    const isFetched = 'backfilled' in message && message.backfilled === true
    if (channel === 'trades') {
      for (const trade of data as readonly PublicTrade[]) {
        const id = trade.id === null ? this.#numberByContent(stream, trade) : numberOf(trade.id)
        if (id === null)
          return `a trade of ${stream.id} without an id was delivered twice, or never happened: ${JSON.stringify(trade)}`
        const finding = this.#take(stream, id, { isFetched, receivedAt }, `trade ${id}`)
        if (finding !== null) return finding
      }
    }
    if (channel !== 'executions') return null
    const { id, time } = data as { readonly id: string; readonly time: number }
    // When it was fetched says nothing of what is missing behind it.
    return this.#take(stream, Number(id), { isFetched, receivedAt: isFetched ? time : receivedAt }, `execution ${id}`)
  }

  onStream({ stream, status }: StreamState): Finding {
    if (status !== 'live') this.#of(stream).isGapTold = true
    return null
  }

  onDrop({ stream }: DropEvent): Finding {
    if (stream !== null) this.#of(stream).drops += 1
    return null
  }

  onGap({ stream, from, to, action }: GapEvent): Finding {
    const missing = this.#of(stream).tellGap(from, to, action === 'backfilled')
    return missing === null ? null : `${stream.id} was told as backfilled, and number ${missing} was not delivered`
  }

  afterStep(): Finding {
    // Who subscribes again begins anew.
    const wanted = new Set(this.#world.manager.streamStates().map(({ stream }) => stream))
    for (const stream of this.#delivered.keys()) if (!wanted.has(stream)) this.#delivered.delete(stream)
    return null
  }

  /** The market stands still: the last trade has been delivered, and of each that has not been there was a word. */
  atRest(): Finding {
    const { manager, market } = this.#world
    for (const { stream, status, reason } of manager.streamStates()) {
      if (stream.channel !== 'trades' || stream.instrument === null || this.#isRefused(stream)) continue
      const { id } = market.lastTrade(stream.instrument)
      const { last } = this.#of(stream)
      if (status !== 'live') return `${stream.id} is ${status} (${reason}) at rest`
      if (last !== id) return `the last trade of ${stream.id} is ${id}, and ${last} was the last delivered`
    }
    return null
  }

  doubts(): readonly string[] {
    return this.#world.manager.streamStates().flatMap(({ stream, channel, status, reason }) => {
      const isAway = channel === 'trades' && status !== 'live' && !this.#isRefused(stream)
      const untold = this.#delivered.get(stream)?.untoldHole ?? null
      return [
        ...(isAway ? [`${stream.id} is ${status}: ${reason}`] : []),
        ...(untold === null
          ? []
          : [`${stream.id} lacks ${untold} and those before it, and no gap was told that covers them`]),
      ]
    })
  }

  #take(
    stream: Stream,
    id: number,
    { isFetched, receivedAt }: Pick<Delivery, 'isFetched' | 'receivedAt'>,
    what: string,
  ): Finding {
    // With two connections one may be dead without anybody knowing, while the other is back: then the word comes later.
    const mayTellLater = isFetched || this.#world.script.config.redundancy === 2
    // What was read from a connection that is gone meanwhile makes no stream live: the gap is behind it.
    const fault = this.#of(stream).take(id, { isFetched, mayTellLater, isLive: stream.status === 'live', receivedAt })
    return fault === null ? null : `${what} of ${stream.id} ${fault}`
  }

  #note(trade: MarketTrade): void {
    const byContent = this.#numbers.get(trade.pair) ?? new Map<string, number[]>()
    this.#numbers.set(trade.pair, byContent)
    const times = this.#times.get(trade.pair) ?? new Map<number, number>()
    this.#times.set(trade.pair, times.set(trade.id, trade.time))
    const content = contentOf(trade)
    byContent.set(content, [...(byContent.get(content) ?? []), trade.id])
  }

  /** MEXC's trades over REST have no id: one that happened, has not been delivered, and is like this. */
  #numberByContent(stream: Stream, trade: PublicTrade): number | null {
    if (stream.instrument === null) return null
    const numbers = this.#numbers.get(stream.instrument)?.get(contentOf(trade)) ?? []
    return numbers.find((number) => !this.#of(stream).has(number)) ?? null
  }

  #timeOf({ channel, instrument }: Stream, id: number): number | null {
    if (channel !== 'trades' || instrument === null) return null
    return this.#times.get(instrument)?.get(id) ?? null
  }

  #isRefused({ id }: Stream): boolean {
    return this.#world.manager.refused.some(({ streamId }) => streamId === id)
  }

  #of(stream: Stream): NumberedStream {
    const delivered = this.#delivered.get(stream) ?? new NumberedStream((id) => this.#timeOf(stream, id))
    this.#delivered.set(stream, delivered)
    return delivered
  }
}

function contentOf({
  price,
  size,
  time,
  side,
}: Pick<PublicTrade, 'time' | 'side'> & Record<'price' | 'size', unknown>): string {
  return `${Number(price)} ${Number(size)} ${Math.floor(Number(time))} ${side}`
}

/** The market's own number of a trade: MEXC writes two neighbours for each, from a large first one on. */
function numberOf(id: string): number {
  const [first = ''] = id.split('X')
  const value = BigInt(first)
  return Number(value < firstMexcId ? value : (value - firstMexcId) / 2n)
}

const firstMexcId = 710_000_000_000_000_000n
