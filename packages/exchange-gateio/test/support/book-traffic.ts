import type { TextLevel } from '@tapewire/testkit'

/** A push of one of Gate.io's book streams. Futures write their levels as objects. */
export interface BookPush {
  readonly s: string
  readonly full?: boolean
  readonly U?: number
  readonly u: number
  readonly b?: readonly WireLevel[]
  readonly a?: readonly WireLevel[]
}

type WireLevel = TextLevel | { readonly p: string; readonly s: string | number }

/** What the frames of one book have in common, from its image on: the first frame. */
export interface BookTraffic {
  /** Levels of the image, bids and asks. */
  readonly imageLevels: readonly [bids: number, asks: number]
  /** Whether the image has both sides best first. */
  readonly isImageOrdered: boolean
  /** Fewest and most levels that a client holds after a frame, which cuts nothing off itself. */
  readonly bids: readonly [fewest: number, most: number]
  readonly asks: readonly [fewest: number, most: number]
  /** Frames after the image. */
  readonly updates: number
  /** Updates whose first id does not follow the last id before it. */
  readonly jumps: number
  /** Updates without any level. */
  readonly empty: number
  /** Updates with levels on one side only. */
  readonly oneSided: number
  readonly levels: number
  /** Levels that are gone, and those of them that a client did not hold. */
  readonly removed: number
  readonly unknown: number
}

/** Keeps a book as a client does that believes what it is sent, and counts. */
export function bookTraffic([image, ...updates]: readonly BookPush[]): BookTraffic {
  const [bids, asks] = [new Map<string, string>(), new Map<string, string>()]
  const [imageBids, imageAsks] = [levelsOf(image?.b), levelsOf(image?.a)]
  const counts = { jumps: 0, empty: 0, oneSided: 0, levels: 0, removed: 0, unknown: 0 }
  const apply = (side: Map<string, string>, levels: readonly TextLevel[]): void => {
    for (const [price, size] of levels) {
      counts.levels += 1
      if (Number(size) !== 0) side.set(price, size)
      else {
        counts.removed += 1
        if (!side.delete(price)) counts.unknown += 1
      }
    }
  }
  apply(bids, imageBids)
  apply(asks, imageAsks)
  counts.levels = 0
  let lastId = image?.u as number
  const bidCounts = [bids.size]
  const askCounts = [asks.size]
  for (const { U, u, b, a } of updates) {
    if (U !== lastId + 1) counts.jumps += 1
    lastId = u
    const [changedBids, changedAsks] = [levelsOf(b), levelsOf(a)]
    if (changedBids.length + changedAsks.length === 0) counts.empty += 1
    else if (changedBids.length === 0 || changedAsks.length === 0) counts.oneSided += 1
    apply(bids, changedBids)
    apply(asks, changedAsks)
    bidCounts.push(bids.size)
    askCounts.push(asks.size)
  }
  return {
    imageLevels: [imageBids.length, imageAsks.length],
    isImageOrdered: isOrdered(imageBids, -1) && isOrdered(imageAsks, 1),
    bids: [Math.min(...bidCounts), Math.max(...bidCounts)],
    asks: [Math.min(...askCounts), Math.max(...askCounts)],
    updates: updates.length,
    ...counts,
  }
}

/** Pushes by the book they are of, in order. */
export function pushesByBook(pushes: readonly BookPush[]): Map<string, BookPush[]> {
  const books = new Map<string, BookPush[]>()
  for (const push of pushes) books.set(push.s, [...(books.get(push.s) ?? []), push])
  return books
}

function levelsOf(levels: readonly WireLevel[] = []): TextLevel[] {
  return levels.map((level) => ('p' in level ? [level.p, String(level.s)] : level))
}

function isOrdered(levels: readonly TextLevel[], sign: number): boolean {
  return levels.every(([price], index) => index === 0 || sign * (Number(price) - Number(levels[index - 1]?.[0])) > 0)
}
