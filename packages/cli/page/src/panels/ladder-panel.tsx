import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import type { MarketView } from '../state/market-view.js'
import { digitsThatFit, fixed } from '../text/numbers.js'
import { timeOfDay } from '../text/times.js'
import type { ShownBook } from '../wire.js'
import { type LadderRow, ladderOf } from './ladder-rows.js'
import { Nothing, Panel } from './panel.js'
import { levelOfStream, Sign } from './sign.js'

const shownLevels = 15

/** The book as traders read it: asks above, the spread, bids below, with a bar for each size. */
export function LadderPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const market = dashboard.market.value
  const book = market?.book ?? null
  const isOld = dashboard.isLost.value || (book !== null && book.status !== 'live')
  return (
    <Panel
      area="ladder"
      title="Order book"
      isOld={isOld}
      aside={book === null ? undefined : <Sign level={levelOfStream[book.status]} word={book.status} />}
    >
      {book !== null && market !== null ? <Levels book={book} market={market} /> : <Nothing>{whyNone(market)}</Nothing>}
    </Panel>
  )
}

/** Said under every heading that needs the book. */
export function whyNone(market: MarketView | null): string {
  return market === null ? 'No data yet.' : 'No book is kept of this market: its feed has no orderbook channel.'
}

function Levels({ book, market }: { readonly book: ShownBook; readonly market: MarketView }): JSX.Element {
  const { bids, asks, spread, spreadBasisPoints } = ladderOf(book, shownLevels)
  const greatest = Math.max(bids.at(-1)?.total ?? 0, asks.at(-1)?.total ?? 0)
  const digits = { price: market.priceDigits, size: digitsThatFit(greatest, market.sizeDigits) }
  return (
    <>
      {book.status === 'live' ? null : (
        <p class="old-reason">
          Not live since {timeOfDay(book.since)}: {book.reason}. These are the last known levels.
        </p>
      )}
      <table class="numbers book">
        <thead>
          <tr>
            <th scope="col">Side</th>
            <th scope="col">Price</th>
            <th scope="col">Size</th>
            <th scope="col">Total</th>
          </tr>
        </thead>
        <tbody>{asks.toReversed().map((row, index) => level('ask', row, asks.length - index, digits))}</tbody>
        <tbody>
          <tr class="spread">
            <th scope="row">Spread</th>
            <td>{fixed(spread, market.priceDigits)}</td>
            <td colSpan={2}>{spreadBasisPoints === null ? '' : `${fixed(spreadBasisPoints, 2)} bp`}</td>
          </tr>
        </tbody>
        <tbody>{bids.map((row, index) => level('bid', row, index + 1, digits))}</tbody>
      </table>
    </>
  )
}

function level(
  side: 'ask' | 'bid',
  row: LadderRow,
  rank: number,
  digits: { price: number; size: number },
): JSX.Element {
  // By its place: a row changes what it says, none comes or goes.
  return (
    <tr key={`${side}${rank}`} class={side} style={{ '--share': row.share.toFixed(3) }}>
      <th scope="row">{side}</th>
      <td class="price">{fixed(row.price, digits.price)}</td>
      <td>{fixed(row.size, digits.size)}</td>
      <td class="total">{fixed(row.total, digits.size)}</td>
    </tr>
  )
}
