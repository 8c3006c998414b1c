import type { JSX } from 'preact'
import { RateChart } from '../charts/rate-chart.js'
import type { Dashboard } from '../state/dashboard.js'
import type { Settings } from '../state/settings.js'
import { bytes, rate, whole } from '../text/numbers.js'
import { Nothing, Panel } from './panel.js'
import { Figure } from './quote-strip.js'

export interface RatesPanelProps {
  readonly dashboard: Dashboard
  readonly settings: Settings
}

/** How much comes, and what became of it. */
export function RatesPanel({ dashboard, settings }: RatesPanelProps): JSX.Element {
  const state = dashboard.state.value
  const samples = dashboard.histories.value.get(state?.exchange ?? '') ?? []
  const seconds = settings.rateSeconds.value
  const span = (value: number, name: string): JSX.Element => (
    <button
      type="button"
      aria-pressed={seconds === value}
      onClick={() => {
        settings.rateSeconds.value = value
      }}
    >
      {name}
    </button>
  )
  return (
    <Panel
      area="rates"
      title="Messages per second"
      isOld={dashboard.isLost.value}
      aside={
        <fieldset class="switch">
          <legend>Time shown</legend>
          {span(60, '1 min')}
          {span(300, '5 min')}
        </fieldset>
      }
    >
      {state === null ? (
        <Nothing>No data yet.</Nothing>
      ) : (
        <>
          <RateChart samples={samples} seconds={seconds} />
          <dl class="figures">
            <Figure name="1 s">{rate(state.metrics.last1s.messagesPerSecond)}</Figure>
            <Figure name="10 s">{rate(state.metrics.last10s.messagesPerSecond)}</Figure>
            <Figure name="1 min">{rate(state.metrics.last1min.messagesPerSecond)}</Figure>
            <Figure name="Bytes/s">{bytes(state.metrics.last10s.bytesPerSecond)}</Figure>
            <Figure name="In all">{whole(state.metrics.messages)}</Figure>
            <Figure name="Waiting">{whole(state.metrics.pending)}</Figure>
            <Figure name="Dropped">{whole(state.metrics.dropped)}</Figure>
            <Figure name="Superseded">{whole(state.metrics.superseded)}</Figure>
            <Figure name="Errors">{whole(state.metrics.errors)}</Figure>
            <Figure name="Unknown">{whole(state.metrics.unknown)}</Figure>
          </dl>
        </>
      )}
    </Panel>
  )
}
