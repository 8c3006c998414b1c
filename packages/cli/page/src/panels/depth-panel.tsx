import type { JSX } from 'preact'
import { DepthChart } from '../charts/depth-chart.js'
import type { Dashboard } from '../state/dashboard.js'
import { whyNone } from './ladder-panel.js'
import { Nothing, Panel } from './panel.js'

export function DepthPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const market = dashboard.charted.value
  const book = market?.book ?? null
  const isOld = dashboard.isLost.value || (book !== null && book.status !== 'live')
  return (
    <Panel area="depth" title="Depth" isOld={isOld} aside={<span class="key">bids left, asks right</span>}>
      {market === null || book === null ? (
        <Nothing>{whyNone(market)}</Nothing>
      ) : (
        <DepthChart book={book} priceDigits={market.priceDigits} sizeDigits={market.sizeDigits} />
      )}
    </Panel>
  )
}
