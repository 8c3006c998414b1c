import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { lasting, timeOfDay } from '../text/times.js'
import type { ShownGap } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'

/** What was missed, and what was done about it. */
export function GapsPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const state = dashboard.state.value
  const lost = state?.metrics.lostGaps ?? 0
  return (
    <Panel
      area="gaps"
      title="Gaps"
      isOld={dashboard.isLost.value}
      aside={<span class="key">{state === null ? '' : `${state.metrics.gaps} in all, ${lost} not made up for`}</span>}
    >
      {state === null || state.gaps.length === 0 ? (
        <Nothing>{state === null ? 'No data yet.' : 'None.'}</Nothing>
      ) : (
        <Scroll name="All gaps">
          <table class="words">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Stream</th>
                <th scope="col">What was done</th>
              </tr>
            </thead>
            <tbody>
              {state.gaps.map((gap) => (
                <tr key={`${gap.stream} ${gap.from} ${gap.reason}`}>
                  <td>
                    {timeOfDay(gap.from)}
                    <span class="reason">{gap.to === null ? 'still open' : `for ${lasting(gap.to - gap.from)}`}</span>
                  </td>
                  <th scope="row" title={gap.stream}>
                    {gap.symbol ?? ''} <span class="channel">{gap.channel}</span>
                    <span class="reason">{gap.reason}</span>
                  </th>
                  <td>{doneAbout(gap)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  )
}

function doneAbout({ action, backfilled, fault }: ShownGap): string {
  const fetched = backfilled === 0 ? '' : `, ${backfilled} fetched`
  return `${action}${fetched}${fault === null ? '' : `; ${fault}`}`
}
