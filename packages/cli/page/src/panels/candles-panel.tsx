import type { JSX } from 'preact'
import { CandleChart } from '../charts/candle-chart.js'
import type { Dashboard } from '../state/dashboard.js'
import { Nothing, Panel } from './panel.js'
import { StreamSign } from './stream-sign.js'

export function CandlesPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const market = dashboard.charted.value
  return (
    <Panel
      area="candles-panel"
      title="Candles"
      isOld={dashboard.isLost.value}
      aside={
        <>
          <span class="key">1 minute</span>
          <StreamSign dashboard={dashboard} channel="candles" />
        </>
      }
    >
      {market === null || market.candles.length === 0 ? (
        <Nothing>{market === null ? 'No data yet.' : 'No candle yet.'}</Nothing>
      ) : (
        <CandleChart
          key={`${market.exchange} ${market.symbol}`}
          candles={market.candles}
          priceDigits={market.priceDigits}
        />
      )}
    </Panel>
  )
}
