import { createRandom } from '@tapewire/testkit'
import type { BookImage, BookLoad, FrameWindow } from './book-load.js'
import { bookImage, bookUpdateFrame } from './gateio-book-frames.js'
import { levelCount } from './gateio-mix.js'
import { recordedBooks } from './gateio-recorded-books.js'
import { generate } from './random-text.js'
import { keptBooksSums } from './reference-values.js'
import { UpdateIds } from './update-ids.js'
import { meanBytes } from './workload.js'

/** `spot.order_book_update` with the REST books it starts from. */
export const gateioBookLoads: Readonly<Record<'six-levels' | 'session', () => Promise<BookLoad>>> = {
  'six-levels': async () => composed('three levels a side changed', () => ({ bids: 3, asks: 3 })),
  session: recordedOrComposed,
}

export type BookLoadName = keyof typeof gateioBookLoads

const symbol = 'BTC/USDT'
const depth = 100
/** Different frames: more than any cache of texts would hold. */
const variety = 4_000

function composed(
  what: string,
  counts: (random: () => number) => { readonly bids: number; readonly asks: number },
): BookLoad {
  const random = createRandom(20_260_105)
  const images = [bookImage(random, symbol, depth)]
  const frames = generate(variety, (index) => bookUpdateFrame(random, index, 'BTC_USDT', depth, counts(random)))
  return bookLoad(`one book of ${depth} levels a side, ${what}`, images, frames)
}

/** Books of a recorded session; where it is absent, one book and updates with as many levels as there. */
async function recordedOrComposed(): Promise<BookLoad> {
  const recorded = await recordedBooks()
  if (recorded !== null) {
    const { images, frames } = recorded
    return bookLoad(`a recorded session, ${images.length} books of up to ${depth} levels a side`, images, frames)
  }
  return composed('as many levels changed as in a recorded session', (random) => {
    const levels = Math.min(levelCount(random), depth)
    const bids = Math.floor(random() * (levels + 1))
    return { bids, asks: levels - bids }
  })
}

function bookLoad(title: string, images: readonly BookImage[], frames: readonly string[]): BookLoad {
  const windows = inChunks(frames)
  const spans = idSpans(images, frames)
  const ids = frames.map((frame, index) => {
    const { chunk, start, end } = windows[index] as FrameWindow
    const marked = new UpdateIds(chunk.subarray(start, end), ['"U":', '"u":'])
    return { marked, span: spans.get(idOf(frame).market) as number }
  })
  const [firstSum, laterSum] = keptBooksSums(images, frames)
  return {
    title: `spot.order_book_update, ${title}, ${meanBytes(frames)} bytes a frame, ${frames.length} different ones`,
    images,
    frames: windows,
    firstSum,
    laterSum,
    advance: () => {
      for (const { marked, span } of ids) marked.advance(span)
    },
  }
}

/** How many ids a time through the frames takes, by market. */
function idSpans(images: readonly BookImage[], frames: readonly string[]): Map<string, number> {
  const last = new Map(frames.map(idOf).map(({ market, lastId }) => [market, lastId]))
  return new Map(
    images.map(({ symbol: name, sequence }) => {
      const market = name.replace('/', '_')
      return [market, (last.get(market) as number) - sequence]
    }),
  )
}

function idOf(frame: string): { readonly market: string; readonly lastId: number } {
  const { result } = JSON.parse(frame) as { readonly result: { readonly s: string; readonly u: number } }
  return { market: result.s, lastId: result.u }
}

/** What one read of a socket brings at most. */
const chunkBytes = 65_536

function inChunks(frames: readonly string[]): FrameWindow[] {
  const windows: FrameWindow[] = []
  let texts: string[] = []
  let bytes = 0
  const cut = (): void => {
    const chunk = Buffer.from(texts.join(''))
    let start = 0
    for (const text of texts) {
      const end = start + Buffer.byteLength(text)
      windows.push({ chunk, start, end })
      start = end
    }
    texts = []
    bytes = 0
  }
  for (const frame of frames) {
    texts.push(frame)
    bytes += Buffer.byteLength(frame)
    if (bytes >= chunkBytes) cut()
  }
  cut()
  return windows
}
