import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { percent, rate } from '../text/numbers.js'
import { lasting, timeOfDay } from '../text/times.js'
import type { ShownConnection, ShownSpan } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'
import { levelOfConnection, Sign } from './sign.js'
import { timelineBars } from './timeline-bars.js'

const windowMs = 300_000
const cutSeconds = 3
/** Changes told in words for each connection. */
const toldChanges = 4

/** What each connection was and is over the last five minutes. */
export function ConnectionsPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const state = dashboard.state.value
  const isEmulated = dashboard.exchange.value?.isEmulated === true
  return (
    <Panel
      area="connections"
      title="Connections"
      isOld={dashboard.isLost.value}
      aside={
        isEmulated ? (
          <button type="button" onClick={() => dashboard.cut(cutSeconds)}>
            Cut the connection
          </button>
        ) : undefined
      }
    >
      {state === null || state.connections.length === 0 ? (
        <Nothing>No connection yet.</Nothing>
      ) : (
        <Scroll name="All connections">
          <ul class="plain">
            {state.connections.map((connection) => (
              <Connection key={connection.connectionId} connection={connection} now={state.at} />
            ))}
          </ul>
        </Scroll>
      )}
    </Panel>
  )
}

function Connection({ connection, now }: { readonly connection: ShownConnection; readonly now: number }): JSX.Element {
  const { connectionId, state, breaker, streams, activeStreams, messagesPerSecond, reconnections, stability, spans } =
    connection
  const current = spans.at(-1)
  return (
    <li class="connection">
      <div class="connection-head">
        <strong>{connectionId}</strong>
        <Sign level={levelOfConnection[state]} word={state} />
        {current === undefined ? null : <span class="key">for {lasting(now - current.since)}</span>}
        {breaker === 'closed' ? null : <Sign level="bad" word={`breaker ${breaker}`} />}
      </div>
      <div class="timeline" aria-hidden="true">
        {timelineBars(spans, now, windowMs).map(({ span, from, width }) => (
          <span
            key={span.since}
            class={`span ${levelOfConnection[span.state]}`}
            style={{ left: `${from * 100}%`, width: `${width * 100}%` }}
            title={`${timeOfDay(span.since)} ${wordsOf(span, now)}`}
          />
        ))}
      </div>
      <p class="timeline-ends" aria-hidden="true">
        <span>{lasting(windowMs)} ago</span>
        <span>now</span>
      </p>
      <p class="key">
        {activeStreams} of {streams} streams · {rate(messagesPerSecond)} msg/s · {reconnections} reconnected ·{' '}
        {percent(stability)} connected
      </p>
      {spans.length < 2 ? null : (
        <ol class="changes" reversed>
          {spans
            .slice(-toldChanges)
            .reverse()
            .map((span) => (
              <li key={span.since}>
                <time>{timeOfDay(span.since)}</time> {wordsOf(span, now)}
              </li>
            ))}
        </ol>
      )}
    </li>
  )
}

function wordsOf({ state, since, until, reason, attempt }: ShownSpan, now: number): string {
  const tried = attempt === null ? '' : `, attempt ${attempt}`
  return `${state} for ${lasting((until ?? now) - since)}${tried}${reason === null ? '' : `: ${reason}`}`
}
