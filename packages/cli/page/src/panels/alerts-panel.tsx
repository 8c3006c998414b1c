import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { lasting, timeOfDay } from '../text/times.js'
import type { ShownAlert } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'
import { Sign } from './sign.js'

/** What is wrong now, and what to do. */
export function AlertsPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const state = dashboard.state.value
  const alerts = state?.alerts ?? []
  return (
    <Panel
      area="alerts"
      title="Alerts"
      isOld={dashboard.isLost.value}
      aside={<span class="key">{alerts.length} active</span>}
    >
      {state === null || alerts.length === 0 ? (
        <Nothing>{state === null ? 'No data yet.' : 'None.'}</Nothing>
      ) : (
        <Scroll name="All alerts">
          <ul class="plain">
            {alerts.map((alert) => (
              <Alert
                key={`${alert.kind} ${alert.since} ${alert.stream ?? alert.connectionId ?? ''}`}
                alert={alert}
                now={state.at}
              />
            ))}
          </ul>
        </Scroll>
      )}
    </Panel>
  )
}

function Alert({ alert, now }: { readonly alert: ShownAlert; readonly now: number }): JSX.Element {
  const { kind, severity, reason, advice, docs, since, connectionId, stream } = alert
  const about = stream ?? connectionId
  return (
    <li class={`alert ${severity}`}>
      <div class="alert-head">
        <Sign level={severity === 'critical' ? 'bad' : 'watch'} word={severity} />
        <strong>{kind}</strong>
        <span class="key">
          since {timeOfDay(since)}, {lasting(now - since)}
        </span>
      </div>
      {about === null ? null : <p class="about">{about}</p>}
      <p>{reason}</p>
      <p class="advice">{advice}</p>
      <a href={docs} target="_blank" rel="noreferrer">
        What to do about {kind}
      </a>
    </li>
  )
}
