import { crc32 } from 'node:zlib'
import type { BookImage, MarketPrecision, TextLevel } from '@tapewire/testkit'

/** Levels a side that Acme pushes, and how many of them its checksum is made of. */
export const windowDepth = 25
const summedLevels = 10

/** The levels of one side by price, best first. */
type Side = ReadonlyMap<string, string>

/** What of one book a client was told, so that only what changed is pushed. */
export class BookWindow {
  readonly #precision: MarketPrecision
  #bids: Side = new Map()
  #asks: Side = new Map()

  constructor(precision: MarketPrecision) {
    this.#precision = precision
  }

  /** A push of the whole window, and the window from now on. */
  snapshot(image: BookImage): string {
    this.#bids = new Map()
    this.#asks = new Map()
    return this.#push(image, 'snapshot') as string
  }

  /** A push of what changed within the window; null where nothing did. */
  update(image: BookImage): string | null {
    return this.#push(image, 'update')
  }

  #push({ bids, asks, time }: BookImage, kind: 'snapshot' | 'update'): string | null {
    const next = { bids: this.#sent(bids), asks: this.#sent(asks) }
    const changed = {
      bids: changes(this.#bids, next.bids, (price, worst) => price > worst),
      asks: changes(this.#asks, next.asks, (price, worst) => price < worst),
    }
    this.#bids = new Map(next.bids)
    this.#asks = new Map(next.asks)
    if (kind === 'update' && changed.bids.length + changed.asks.length === 0) return null
    const sum = checksum(next.bids, next.asks)
    return `"time":${time},"kind":"${kind}","bids":${json(changed.bids)},"asks":${json(changed.asks)},"sum":${sum}`
  }

  /** The window with the digits that Acme sends: as many places as its market has. */
  #sent(levels: readonly TextLevel[]): readonly TextLevel[] {
    const { priceDigits, sizeDigits } = this.#precision
    return levels.map(([price, size]): TextLevel => [withPlaces(price, priceDigits), withPlaces(size, sizeDigits)])
  }
}

/** What is new or different, and what went. A level that is only worse than the whole window now is not told of: the client drops it by itself. */
function changes(
  before: Side,
  now: readonly TextLevel[],
  isBetter: (price: number, worst: number) => boolean,
): readonly TextLevel[] {
  const prices = new Set(now.map(([price]) => price))
  const isFull = now.length >= windowDepth
  const worst = Number(now.at(-1)?.[0])
  const gone = [...before]
    .filter(([price]) => !prices.has(price) && (!isFull || isBetter(Number(price), worst)))
    .map(([price]): TextLevel => [price, '0'])
  return [...gone, ...now.filter(([price, size]) => before.get(price) !== size)]
}

function checksum(bids: readonly TextLevel[], asks: readonly TextLevel[]): number {
  const summed = [...bids.slice(0, summedLevels), ...asks.slice(0, summedLevels)]
  return crc32(summed.map(([price, size]) => `${price}:${size}`).join('|'))
}

/** Numbers without quotes, with all their digits: `JSON.stringify` would drop the zeros at their end. */
function json(levels: readonly TextLevel[]): string {
  return `[${levels.map(([price, size]) => `[${price},${size}]`).join(',')}]`
}

function withPlaces(text: string, places: number): string {
  const [whole = '0', part = ''] = text.split('.')
  return places === 0 ? whole : `${whole}.${part.padEnd(places, '0')}`
}
