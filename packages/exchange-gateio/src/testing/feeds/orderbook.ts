import type { BookImage, MarketEvent } from '@tapewire/testkit'
import { type BookDiff, DiffBatch } from './diff-batch.js'
import { type Feed, type FeedContext, Gathering, wireNameOf } from './feed.js'

/** How a diff stream covers the book, and how it writes. */
interface BookFeedShape {
  readonly depth: number
  readonly intervalMs: number
  readonly hasWelcome: boolean
  /** Whether a push is sent where only ids went on: recorded in `obu`, in none of 320 pushes of `order_book_update` on both markets. */
  readonly withEmpty: boolean
  diff(diff: BookDiff): object
  full(image: BookImage): object
}

/** `spot.order_book_update`: 100 levels every 100 ms, or 20 every 20 ms. Source: Gate.io spot WebSocket v4 docs. */
export function orderBookUpdateFeed(context: FeedContext, interval: string): Feed {
  const depth = interval === '20ms' ? 20 : 100
  const s = wireNameOf(context.pair)
  const common = (time: number, mark: { readonly full?: true } = {}): object => ({
    t: time,
    ...mark,
    l: String(depth),
    e: 'depthUpdate',
    E: Math.floor(time / 1000),
    s,
  })
  return new BookFeed(context, {
    depth,
    intervalMs: Number.parseInt(interval, 10),
    hasWelcome: false,
    withEmpty: false,
    diff: ({ time, firstId, lastId, bids, asks }) => ({ ...common(time), U: firstId, u: lastId, b: bids, a: asks }),
    full: ({ time, lastId, bids, asks }) => ({
      ...common(time, { full: true }),
      U: lastId,
      u: lastId,
      b: bids,
      a: asks,
    }),
  })
}

/** `spot.obu`: 50 levels every 20 ms, or 400 every 100 ms; a side without changes is left out. Source: Gate.io announcement 45317. */
export function obuFeed(context: FeedContext, level: string): Feed {
  const s = `ob.${wireNameOf(context.pair)}.${level}`
  return new BookFeed(context, {
    depth: Number(level),
    intervalMs: level === '50' ? 20 : 100,
    hasWelcome: true,
    withEmpty: true,
    diff: ({ time, firstId, lastId, bids, asks }) => ({
      t: time,
      s,
      U: firstId,
      u: lastId,
      ...(bids.length > 0 ? { b: bids } : {}),
      ...(asks.length > 0 ? { a: asks } : {}),
    }),
    full: ({ time, lastId, bids, asks }) => ({ t: time, full: true, s, u: lastId, b: bids, a: asks }),
  })
}

/** `spot.order_book`: the best levels whole, first an interval after the request and then when any of them changed; `20:100ms`. Source: Gate.io spot WebSocket v4 docs. */
export function orderBookFeed({ clock, market, pair, publish }: FeedContext, param: string): Feed {
  const [level = '', interval = ''] = param.split(':')
  let sent = ''
  const newcomers = new Set<(result: object) => void>()
  const gathering = new Gathering(clock, Number.parseInt(interval, 10), () => {
    const { bids, asks, lastId, time } = market.book(pair, Number(level))
    const image = JSON.stringify([bids, asks])
    const result = { t: time, lastUpdateId: lastId, s: wireNameOf(pair), l: level, bids, asks }
    if (image !== sent) publish(result)
    else for (const send of newcomers) send(result)
    sent = image
    newcomers.clear()
  })
  return {
    join: (send) => {
      newcomers.add(send)
      gathering.arm()
    },
    onEvent: (event) => {
      if (event.kind === 'book') gathering.arm()
    },
    close: () => gathering.cancel(),
  }
}

class BookFeed implements Feed {
  readonly #context: FeedContext
  readonly #shape: BookFeedShape
  readonly #batch: DiffBatch
  readonly #gathering: Gathering
  #skips = 0

  constructor(context: FeedContext, shape: BookFeedShape) {
    this.#context = context
    this.#shape = shape
    this.#batch = new DiffBatch(context.market, context.pair, shape.depth)
    this.#gathering = new Gathering(context.clock, shape.intervalMs, () => this.#flush())
  }

  onEvent(event: MarketEvent): void {
    if (event.kind !== 'book') return
    this.#batch.add(event)
    this.#gathering.arm()
  }

  /** Changes that wait go out first: the image must continue where the other subscribers are. */
  welcome(): object | null {
    if (!this.#shape.hasWelcome) return null
    this.#flush()
    return this.#full()
  }

  skip(pushes: number): void {
    this.#skips += pushes
  }

  pushFull(): void {
    this.#flush()
    this.#batch.forget()
    this.#context.publish(this.#full())
  }

  close(): void {
    this.#gathering.cancel()
  }

  #flush(): void {
    this.#gathering.cancel()
    const diff = this.#batch.take(this.#shape)
    if (diff === null) return
    if (this.#skips > 0) this.#skips -= 1
    else this.#context.publish(this.#shape.diff(diff))
  }

  #full(): object {
    return this.#shape.full(this.#context.market.book(this.#context.pair, this.#shape.depth))
  }
}
