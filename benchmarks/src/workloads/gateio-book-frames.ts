import type { BookImage } from './book-load.js'
import { firstId, push } from './gateio-frames.js'
import { generate, type Random, sizeText, startTime } from './random-text.js'

/** Frames of one market that follow on each other, and the book they start from. Source of the shapes: Gate.io spot WebSocket v4 docs. */

const bestBid = 90_000
const bestAsk = 90_000.1
const tick = 0.1

/** `spot.obu`: a whole book of so many levels a side. */
export function fullBookFrame(random: Random, index: number, market: string, depth: number): string {
  const side = (priceOf: PriceOf): string =>
    generate(depth, (level) => `["${priceOf(level)}","${sizeText(random)}"]`).join(',')
  const levels = `"b":[${side(bidPrice)}],"a":[${side(askPrice)}]`
  return push(
    index,
    'spot.obu',
    `{"t":${startTime + index - 5},"full":true,"s":"ob.${market}.${depth}","u":${firstId + index},${levels}}`,
  )
}

/** `spot.obu`: three levels a side that changed. */
export function bookChangeFrame(random: Random, index: number, market: string, depth: number): string {
  const id = firstId + index
  const levels = changedLevels(random, depth, { bids: 3, asks: 3 }, () => sizeText(random))
  return push(
    index,
    'spot.obu',
    `{"t":${startTime + index - 5},"s":"ob.${market}.${depth}","U":${id},"u":${id},${levels}}`,
  )
}

/** What REST answers before the first update: as many levels a side. */
export function bookImage(random: Random, symbol: string, depth: number): BookImage {
  const side = (priceOf: PriceOf): number[] =>
    generate(depth, (level) => [Number(priceOf(level)), Number(shortSize(random))]).flat()
  return { symbol, sequence: firstId - 1, bids: side(bidPrice), asks: side(askPrice) }
}

/** `spot.order_book_update`: so many levels that changed, of a book of `depth` levels a side, from the best on as they were in every recorded one. */
export function bookUpdateFrame(
  random: Random,
  index: number,
  market: string,
  depth: number,
  counts: SideCounts,
): string {
  const id = firstId + index
  const time = startTime + index
  const levels = changedLevels(random, depth, counts, () => shortSize(random))
  return push(
    index,
    'spot.order_book_update',
    `{"t":${time - 5},"e":"depthUpdate","E":${Math.floor(time / 1000)},"s":"${market}","U":${id},"u":${id},${levels}}`,
  )
}

interface SideCounts {
  readonly bids: number
  readonly asks: number
}

function changedLevels(random: Random, depth: number, { bids, asks }: SideCounts, size: () => string): string {
  const side = (count: number, priceOf: PriceOf): string =>
    changedSide(random, { depth, count, priceOf, size })
      .map(([price, amount]) => `["${price}","${amount}"]`)
      .join(',')
  return `"b":[${side(bids, bidPrice)}],"a":[${side(asks, askPrice)}]`
}

interface SideChange {
  readonly depth: number
  readonly count: number
  readonly priceOf: PriceOf
  readonly size: () => string
}

/**
 * Different levels of a side, from the best on; one in five is gone. How deep they are is as in recorded sessions of Gate.io spot and futures, where half were within
 * 9 levels of the best price and nine in ten within 37 and 99.
 */
export function changedSide(
  random: Random,
  { depth, count, priceOf, size }: SideChange,
): (readonly [price: string, size: string])[] {
  const levels = new Set<number>()
  while (levels.size < count) levels.add(Math.floor(random() ** 3.5 * depth))
  return [...levels]
    .sort((one, other) => one - other)
    .map((level) => [priceOf(level), random() < 0.2 ? '0' : size()] as const)
}

type PriceOf = (level: number) => string

export function bidPrice(level: number): string {
  return (bestBid - tick * level).toFixed(1)
}

export function askPrice(level: number): string {
  return (bestAsk + tick * level).toFixed(1)
}

function shortSize(random: Random): string {
  return sizeText(random, 1, 2)
}
