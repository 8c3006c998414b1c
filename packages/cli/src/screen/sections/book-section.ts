import type { Level } from '@tapewire/core'
import { formatFixed } from '../../messages/format-number.js'
import type { Shot, ShownBook } from '../shot.js'
import { statusSign, statusWord } from '../signs.js'
import type { Section } from '../stack.js'
import { formatAge } from '../text/ages.js'
import { alignNumbers } from '../text/amounts.js'
import { type Line, type Span, type Style, span } from '../text/line.js'
import { bar } from '../text/sparkline.js'
import { wrapText } from '../text/width.js'

/** As many levels of each side as anyone looks at. */
export const mostLevels = 40
const widestSize = 12
/** Narrower bars tell nothing. */
const leastBar = 3
const mostBar = 24
const divider = ' │ '

/** The order book: bids on the left, asks on the right, and how much lies between the best and each level as bars. */
export function bookSection(shot: Shot): Section {
  const { book, symbol } = shot
  return {
    title: [span(symbol, 'strong'), span(' book'), ...(book === null ? [] : standing(shot, book))],
    least: 3,
    wish: () => (book === null ? 3 : Math.max(3, book.bids.length, book.asks.length)),
    rank: 0,
    draw: (width, lines) => drawBook(shot, width, lines),
  }
}

/** ` ● live  spread 0.5`; of a book that cannot be trusted, since when. */
function standing({ at, priceDigits }: Shot, { status, since, bids, asks }: ShownBook): Line {
  const told: Line = [span(' '), statusSign(status), span(' '), statusWord(status)]
  if (status !== 'live') return [...told, span(` for ${formatAge(at - since)}`)]
  const [bid] = bids
  const [ask] = asks
  if (bid === undefined || ask === undefined) return told
  return [...told, span(`  spread ${formatFixed(ask.price - bid.price, priceDigits)}`, 'dim')]
}

function drawBook(shot: Shot, width: number, lines: number): readonly Line[] {
  const { book, quote, priceDigits, sizeDigits } = shot
  if (book === null) return quote === null ? [[span('no book is kept', 'dim')]] : drawQuote(shot, width)
  // Why it cannot be trusted comes before what it holds.
  const reason = book.status === 'live' ? [] : wrapText(book.reason, width, lines > 4 ? 2 : 1)
  const shown = lines - reason.length
  const levels = drawLevels(book.bids.slice(0, shown), book.asks.slice(0, shown), {
    width,
    priceDigits,
    sizeDigits,
    isTrue: book.status === 'live',
  })
  return [...reason.map((text): Line => [span(text, book.status === 'gapped' ? 'bad' : 'warn')]), ...levels]
}

/** Without a book its top, where quotes come. */
function drawQuote({ quote, priceDigits, sizeDigits }: Shot, width: number): readonly Line[] {
  const side = (price: number | null | undefined, size: number | null | undefined): Level[] =>
    price === null || price === undefined ? [] : [{ price, size: size ?? 0 }]
  const bids = side(quote?.bidPrice, quote?.bidSize)
  const asks = side(quote?.askPrice, quote?.askSize)
  return drawLevels(bids, asks, { width, priceDigits, sizeDigits, isTrue: true })
}

interface LevelOptions {
  readonly width: number
  readonly priceDigits: number
  readonly sizeDigits: number
  readonly isTrue: boolean
}

function drawLevels(bids: readonly Level[], asks: readonly Level[], options: LevelOptions): readonly Line[] {
  const { width, priceDigits, sizeDigits, isTrue } = options
  const prices = alignNumbers([...bids, ...asks].map(priceOf), priceDigits, Number.POSITIVE_INFINITY)
  const half = Math.floor((width - divider.length) / 2)
  const priceWidth = prices[0]?.length ?? 0
  const sizeRoom = Math.min(widestSize, half - priceWidth - 1)
  const sizes = alignNumbers([...bids, ...asks].map(sizeOf), sizeDigits, sizeRoom)
  const showsSizes = (sizes[0]?.length ?? 0) <= sizeRoom
  const sizeWidth = showsSizes ? (sizes[0]?.length ?? 0) : 0
  const barRoom = half - priceWidth - sizeWidth - (showsSizes ? 2 : 1)
  const barWidth = barRoom < leastBar ? 0 : Math.min(mostBar, barRoom)
  const bidDepth = running(bids)
  const askDepth = running(asks)
  const deepest = Math.max(bidDepth.at(-1) ?? 0, askDepth.at(-1) ?? 0)
  const style = (wanted: Style): Style => (isTrue ? wanted : 'dim')
  const side = (index: number, depth: number, towards: 'left' | 'right'): readonly Span[] => [
    span(prices[index] ?? '', style(towards === 'left' ? 'good' : 'bad')),
    ...(showsSizes ? [span(' '), span(sizes[index] ?? '', style('plain'))] : []),
    ...(barWidth === 0
      ? []
      : [
          span(' '),
          span(bar(deepest === 0 ? 0 : depth / deepest, barWidth, towards), style(towards === 'left' ? 'good' : 'bad')),
        ]),
  ]
  const sideWidth = priceWidth + (showsSizes ? sizeWidth + 1 : 0) + (barWidth === 0 ? 0 : barWidth + 1)
  const nothing: readonly Span[] = [span(' '.repeat(sideWidth))]
  return Array.from({ length: Math.max(bids.length, asks.length) }, (_, row): Line => {
    const bid = row < bids.length ? [...side(row, bidDepth[row] ?? 0, 'left')].reverse() : nothing
    const ask = row < asks.length ? side(bids.length + row, askDepth[row] ?? 0, 'right') : nothing
    return [...bid, span(divider, 'dim'), ...ask]
  })
}

/** What lies between the best level and each. */
function running(levels: readonly Level[]): readonly number[] {
  let total = 0
  return levels.map(({ size }) => {
    total += size
    return total
  })
}

function priceOf({ price }: Level): number {
  return price
}

function sizeOf({ size }: Level): number {
  return size
}
