import type { JSX } from 'preact'
import { DelayChart } from '../charts/delay-chart.js'
import { LatencyChart } from '../charts/latency-chart.js'
import type { Dashboard } from '../state/dashboard.js'
import type { Settings } from '../state/settings.js'
import { milliseconds, percent } from '../text/numbers.js'
import type { ShownMetrics } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Figure } from './quote-strip.js'

export interface LatencyPanelProps {
  readonly dashboard: Dashboard
  readonly settings: Settings
}

/** How long a message takes, from the read of the socket to the return of the handler, and where a slow one got stuck. */
export function LatencyPanel({ dashboard, settings }: LatencyPanelProps): JSX.Element {
  const state = dashboard.state.value
  const samples = dashboard.histories.value.get(state?.exchange ?? '') ?? []
  return (
    <Panel
      area="latency"
      title="Processing time"
      isOld={dashboard.isLost.value}
      aside={<span class="key">last minute, ms</span>}
    >
      {state === null ? (
        <Nothing>No data yet.</Nothing>
      ) : (
        <>
          {state.metrics.latency.counts.some((count) => count > 0) ? (
            <LatencyChart histogram={state.metrics.latency} />
          ) : (
            <Nothing>Nothing was measured in the last minute.</Nothing>
          )}
          <dl class="figures">
            <Figure name="p50">{milliseconds(state.metrics.last1min.p50Ms)}</Figure>
            <Figure name="p95">{milliseconds(state.metrics.last1min.p95Ms)}</Figure>
            <Figure name="p99">{milliseconds(state.metrics.last1min.p99Ms)}</Figure>
            <Figure name="p99.9">{milliseconds(state.metrics.last1min.p999Ms)}</Figure>
            <Figure name="Longest">{milliseconds(state.metrics.last1min.maxMs)}</Figure>
            <Figure name="Under 1 ms">{percent(state.metrics.last1min.complianceRate)}</Figure>
            <Figure name="Lag">{milliseconds(state.metrics.lastLagMs)}</Figure>
          </dl>
          <h3>
            Each second{' '}
            <span class="key">
              <i class="line p50" aria-hidden="true" /> p50 <i class="line p99" aria-hidden="true" /> p99
            </span>
          </h3>
          <DelayChart samples={samples} seconds={settings.rateSeconds.value} />
          <Stages metrics={state.metrics} />
        </>
      )}
    </Panel>
  )
}

/** The name of a slow millisecond. */
function Stages({ metrics: { stages, eventLoop } }: { readonly metrics: ShownMetrics }): JSX.Element | null {
  if (stages === null && eventLoop === null) return null
  return (
    <table class="numbers stages">
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">p50</th>
          <th scope="col">p99</th>
          <th scope="col">Longest</th>
        </tr>
      </thead>
      <tbody>
        {stages === null ? null : (
          <>
            {stageRow('socket to parser', stages.socketToParser)}
            {stageRow('parser', stages.parser)}
            {stageRow('handler', stages.handler)}
          </>
        )}
        {eventLoop === null ? null : (
          <>
            {stageRow('event loop late', {
              p50Ms: eventLoop.delayP50Ms,
              p99Ms: eventLoop.delayP99Ms,
              maxMs: eventLoop.delayMaxMs,
            })}
            <tr>
              <th scope="row">garbage collection</th>
              <td colSpan={2}>{eventLoop.gcPauses} pauses</td>
              <td>{milliseconds(eventLoop.gcMaxMs)}</td>
            </tr>
          </>
        )}
      </tbody>
    </table>
  )
}

function stageRow(name: string, { p50Ms, p99Ms, maxMs }: { p50Ms: number; p99Ms: number; maxMs: number }): JSX.Element {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{milliseconds(p50Ms)}</td>
      <td>{milliseconds(p99Ms)}</td>
      <td>{milliseconds(maxMs)}</td>
    </tr>
  )
}
