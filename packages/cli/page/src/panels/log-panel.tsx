import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import type { Level } from '../state/verdict.js'
import { timeOfDay } from '../text/times.js'
import type { ShownEvent } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'
import { Sign } from './sign.js'

const levels: Readonly<Record<ShownEvent['level'], Level>> = { info: 'good', warn: 'watch', error: 'bad' }

/** What happened, newest first. */
export function LogPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const state = dashboard.state.value
  return (
    <Panel area="log" title="Log" isOld={dashboard.isLost.value}>
      {state === null || state.log.length === 0 ? (
        <Nothing>{state === null ? 'No data yet.' : 'Nothing happened yet.'}</Nothing>
      ) : (
        <Scroll name="All events">
          <ol class="plain events" reversed>
            {state.log.map(({ at, level, text }) => (
              <li key={`${at} ${text}`}>
                <time>{timeOfDay(at)}</time> {level === 'info' ? null : <Sign level={levels[level]} word={level} />}{' '}
                {text}
              </li>
            ))}
          </ol>
        </Scroll>
      )}
    </Panel>
  )
}
