import type { ChannelMessage, OrderbookData } from '@tapewire/core'
import type { TextLevel } from '../../../market/market-event.js'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import { stands, whereOf } from '../../truth/comparison.js'
import type { MarketMoment } from '../../truth/market-truth.js'
import { lagMs, toldOn } from '../../truth/told.js'

const area = {
  level: 'must',
  needs: ['venue', 'orderbook'],
  file: 'parsers/orderbook.ts',
  docs: 'messages.md#orderbook',
} as const

/** A level that is behind so many better ones may be out of what a stream shows. */
const shallowest = 5

/** Messages of books against the books of the market; how books are kept of them is checked apart. */
export const levelChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'payload.snapshots-are-true',
    title: 'a snapshot is the best levels of the market at one moment, bids and asks on their sides',
    async run(lab) {
      for (const { message, moments } of await toldBooks(lab, 'snapshot')) {
        if (moments.some(({ book }) => isTop(message.data, book))) continue
        const now = moments[0]?.book
        failOf(message, 'is no state that the market had', {
          bids: now?.bids.slice(0, 3).flat().map(Number),
          asks: now?.asks.slice(0, 3).flat().map(Number),
        })
      }
    },
  },
  {
    ...area,
    id: 'payload.snapshots-are-whole',
    title: 'a snapshot has every level that its frame holds, on either side',
    async run(lab) {
      const seen = new Map<unknown, { count: number; readonly cut: ToldBook[] }>()
      for (const told of await toldBooks(lab, 'snapshot')) {
        const { stream } = told.message
        const ofStream = seen.get(stream) ?? { count: 0, cut: [] }
        seen.set(stream, ofStream)
        ofStream.count += 1
        if (nextLevel(told) !== null) ofStream.cut.push(told)
      }
      for (const { count, cut } of seen.values()) {
        const [first] = cut
        // Of a few frames the next level may stand there by chance.
        if (first === undefined || cut.length * 2 <= count) continue
        failOf(first.message, 'leaves out a level that its frame holds', nextLevel(first))
      }
    },
  },
  {
    ...area,
    id: 'payload.deltas-are-true',
    title: 'a delta has the new size of each price, on its side, and 0 where the level is gone',
    async run(lab) {
      for (const { message, moments } of await toldBooks(lab, 'delta')) {
        if (moments.some(({ book }) => falseLevel(message.data, book) === null)) continue
        const wrong = moments[0] === undefined ? null : falseLevel(message.data, moments[0].book)
        const isEmulated = wrong !== null && isSentAsTold(wrong, message.raw)
        failOf(message, `does not agree with the market: ${wrong?.place}`, wrong?.expected, wrong?.got, isEmulated)
      }
    },
  },
  {
    ...area,
    id: 'payload.book-ids-as-sent',
    title: 'the update id of a book is the one that was sent, as an exact number',
    async run(lab) {
      for (const { message, moments } of [...(await toldBooks(lab, 'snapshot')), ...(await toldBooks(lab, 'delta'))]) {
        const { data, raw } = message
        const sent = raw === null ? [] : moments.filter(({ book }) => stands(String(book.lastId), raw))
        const [latest] = sent
        if (latest === undefined || sent.some(({ book }) => book.lastId === data.lastSequence)) continue
        failOf(message, 'has another update id than was sent', latest.book.lastId, data.lastSequence)
      }
    },
  },
  {
    ...area,
    id: 'payload.book-ids-rise',
    title: 'the update ids of a book stream never go back',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        const lasts = new Map<unknown, number>()
        for (const message of toldOn(story, 'orderbook')) {
          const { stream, data } = message
          if (data.lastSequence === null) continue
          const before = lasts.get(stream) ?? data.lastSequence
          if (data.lastSequence < before) {
            failOf(message, 'goes back in its ids', `${before} or above`, data.lastSequence)
          }
          lasts.set(stream, data.lastSequence)
        }
      }
    },
  },
]

interface ToldBook {
  readonly message: ChannelMessage<'orderbook'>
  /** How the market was shortly before it came, the latest first. */
  readonly moments: readonly MarketMoment[]
}

async function toldBooks(lab: Lab, kind: OrderbookData['kind']): Promise<readonly ToldBook[]> {
  return (await wholeMarketStories(lab)).flatMap((story) =>
    toldOn(story, 'orderbook')
      .filter(({ data }) => data.kind === kind)
      .map((message) => ({
        message,
        moments: story.truth.moments(message.symbol, message.receivedAt - lagMs, message.receivedAt),
      })),
  )
}

function isTop({ bids, asks }: OrderbookData, book: MarketMoment['book']): boolean {
  return isPrefix(bids, book.bids) && isPrefix(asks, book.asks)
}

function isPrefix(told: readonly number[], levels: readonly TextLevel[]): boolean {
  if (told.length === 0 || told.length > 2 * levels.length) return false
  return told.every((value, place) => value === Number(levels[Math.floor(place / 2)]?.[place % 2]))
}

/** The level behind the last one of a side, where the frame holds its price and its size; null where it does not. */
function nextLevel({ message: { data, raw }, moments }: ToldBook): TextLevel | null {
  const book = moments.find((moment) => isTop(data, moment.book))?.book
  if (book === undefined || raw === null) return null
  const next = [book.bids[data.bids.length / 2], book.asks[data.asks.length / 2]]
  return next.find((level) => level?.every((text) => stands(text, raw)) === true) ?? null
}

interface FalseLevel {
  readonly place: string
  readonly expected: number
  readonly got: number
}

/** The first level of a delta that is not as it was in this book; null where all are. */
function falseLevel(data: OrderbookData, book: MarketMoment['book']): FalseLevel | null {
  for (const side of ['bids', 'asks'] as const) {
    const sizes = new Map(book[side].map(([price, size]) => [Number(price), Number(size)]))
    const edge = Number(book[side][shallowest - 1]?.[0])
    for (let place = 0; place < data[side].length; place += 2) {
      const [price, got] = [data[side][place] as number, data[side][place + 1] as number]
      const expected = sizes.get(price) ?? 0
      const isDeep = side === 'bids' ? price < edge : price > edge
      if (got === expected || (got === 0 && isDeep)) continue
      return { place: `the size of ${price} in the ${side}`, expected, got }
    }
  }
  return null
}

/** Whether the frame holds the size that was told, and not the one that was. A size of 0 may stand anywhere. */
function isSentAsTold({ expected, got }: FalseLevel, frame: string | Uint8Array | null): boolean {
  return frame !== null && expected !== 0 && !stands(String(expected), frame) && stands(String(got), frame)
}

function failOf(
  message: ChannelMessage<'orderbook'>,
  what: string,
  expected: unknown,
  got?: unknown,
  isEmulated: boolean = false,
): never {
  const { data, symbol, raw } = message
  fail(`a ${data.kind} of ${symbol.name} ${what}${isEmulated ? ', as the emulation sends it' : ''}`, {
    expected,
    got: got ?? { bids: data.bids.slice(0, 6), asks: data.asks.slice(0, 6) },
    ...whereOf({ channel: 'orderbook', frame: raw }),
    ...(isEmulated ? { file: 'testing/' } : {}),
  })
}
