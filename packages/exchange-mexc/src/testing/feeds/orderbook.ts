import type { Instrument } from '@tapewire/core'
import type { BookChange, MarketEvent, TextLevel } from '@tapewire/testkit'
import type { PriceLevel } from '../../shared/generated/market-data.js'
import { padded } from '../decimals.js'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

/** How often `limit.depth` pushes; documented nowhere. */
const limitDepthIntervalMs = 100

/** `aggre.depth`: what changed in the interval, one absolute size a price, best first, with the range of versions it covers. Numbers are trimmed. */
export class AggreDepthFeed implements Feed {
  readonly intervalMs: number
  readonly #name: string
  readonly #pair: Instrument
  readonly #source: FeedSource
  #asks = new Map<string, string>()
  #bids = new Map<string, string>()
  #first: BookChange | null = null
  #last: BookChange | null = null
  #losses = 0

  constructor(name: string, pair: Instrument, intervalMs: number, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.intervalMs = intervalMs
    this.#source = source
  }

  skip(pushes: number): void {
    this.#losses = pushes
  }

  onEvent(event: MarketEvent): void {
    if (event.kind !== 'book') return
    this.#first ??= event
    this.#last = event
    for (const [price, size] of event.asks) this.#asks.set(price, size)
    for (const [price, size] of event.bids) this.#bids.set(price, size)
  }

  next(): Uint8Array | null {
    const [first, last] = [this.#first, this.#last]
    if (first === null || last === null) return null
    const value = {
      asks: wireLevels([...this.#asks].sort(([left], [right]) => Number(left) - Number(right))),
      bids: wireLevels([...this.#bids].sort(([left], [right]) => Number(right) - Number(left))),
      eventType: this.#name.slice(0, this.#name.lastIndexOf('@')),
      fromVersion: String(first.firstId),
      toVersion: String(last.lastId),
      lastOrderCreateTime: last.time,
    }
    this.#asks = new Map()
    this.#bids = new Map()
    this.#first = this.#last = null
    if (this.#losses > 0) {
      this.#losses -= 1
      return null
    }
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicAggreDepths', value },
    })
  }
}

/** `limit.depth`: the best levels, whole, when the book has changed. Numbers are padded. */
export class LimitDepthFeed implements Feed {
  readonly intervalMs: number = limitDepthIntervalMs
  readonly #name: string
  readonly #pair: Instrument
  readonly #depth: number
  readonly #source: FeedSource
  #lastVersion = 0

  constructor(name: string, pair: Instrument, depth: number, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#depth = depth
    this.#source = source
  }

  join(): void {
    this.#lastVersion = 0
  }

  next(): Uint8Array | null {
    const { market, clock } = this.#source
    const { lastId, asks, bids, time } = market.book(this.#pair, this.#depth)
    if (lastId === this.#lastVersion) return null
    this.#lastVersion = lastId
    const { priceDigits, sizeDigits } = market.precision(this.#pair)
    const pad = ([price, size]: TextLevel): TextLevel => [padded(price, priceDigits), padded(size, sizeDigits)]
    const value = {
      asks: wireLevels(asks.map(pad)),
      bids: wireLevels(bids.map(pad)),
      eventType: this.#name.split('@').slice(0, 2).join('@'),
      version: String(lastId),
      lastOrderCreateTime: time,
    }
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(clock),
      body: { $case: 'publicLimitDepths', value },
    })
  }
}

function wireLevels(levels: readonly TextLevel[]): PriceLevel[] {
  return levels.map(([price, quantity]) => ({ price, quantity }))
}
