import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import type { MarketView } from '../state/market-view.js'
import { digitsThatFit, fixed, whole } from '../text/numbers.js'
import { timeOfDay } from '../text/times.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'
import { StreamSign } from './stream-sign.js'

const shownTrades = 40

/** The latest trades, newest first. */
export function TapePanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const market = dashboard.market.value
  return (
    <Panel
      area="tape"
      title="Trades"
      isOld={dashboard.isLost.value}
      aside={
        <>
          <Missed market={market} />
          <StreamSign dashboard={dashboard} channel="trades" />
        </>
      }
    >
      {market === null || market.trades.length === 0 ? (
        <Nothing>{market === null ? 'No data yet.' : 'No trade yet.'}</Nothing>
      ) : (
        <Scroll name="Latest trades">
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">Side</th>
                <th scope="col">Price</th>
                <th scope="col">Size</th>
                <th scope="col">Time</th>
              </tr>
            </thead>
            <tbody>
              <Rows market={market} />
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  )
}

function Rows({ market }: { readonly market: MarketView }): JSX.Element {
  const trades = market.trades.slice(0, shownTrades)
  const sizeDigits = digitsThatFit(Math.max(...trades.map(({ size }) => size)), market.sizeDigits)
  return (
    <>
      {trades.map(({ number, side, price, size, time, isBackfilled }) => (
        <tr key={number} class={side}>
          <td class="side">
            <span aria-hidden="true">{side === 'buy' ? '▲' : '▼'}</span> {side}
          </td>
          <td class="price">{fixed(price, market.priceDigits)}</td>
          <td>{fixed(size, sizeDigits)}</td>
          <td>
            {isBackfilled ? <Fetched /> : null}
            {timeOfDay(time)}
          </td>
        </tr>
      ))}
    </>
  )
}

/** A trade that the stream had missed: it is older than where it stands. */
function Fetched(): JSX.Element {
  return (
    <span class="fetched" title="Fetched after a gap">
      <span aria-hidden="true">↺ </span>
      <span class="unseen">fetched after a gap, </span>
    </span>
  )
}

/** More trades than a screen can show in its moment are left out, and said to be. */
function Missed({ market }: { readonly market: MarketView | null }): JSX.Element | null {
  if (market === null || market.missedTrades === 0) return null
  return <span class="key">{whole(market.missedTrades)} not shown</span>
}
