import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Dashboard } from '../state/dashboard.js'
import { rate, unknownText, whole } from '../text/numbers.js'
import { lasting } from '../text/times.js'
import type { ShownStream } from '../wire.js'
import { Nothing, Panel } from './panel.js'
import { Scroll } from './scroll.js'
import { shownStreams } from './shown-streams.js'
import { levelOfStream, Sign } from './sign.js'

const muteSeconds = 30

/** Whether what each stream gave can be trusted, and why not. */
export function StreamsPanel({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const [filter, setFilter] = useState('')
  const state = dashboard.state.value
  const selection = dashboard.selection.value
  const isEmulated = dashboard.exchange.value?.isEmulated === true
  const { rows, hidden } = shownStreams(state?.streams ?? [], filter)
  return (
    <Panel
      area="streams"
      title="Streams"
      isOld={dashboard.isLost.value}
      aside={
        <>
          <input
            type="search"
            aria-label="Show only streams with"
            placeholder="Filter"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
          {isEmulated ? (
            <button type="button" onClick={() => dashboard.mute(muteSeconds)}>
              Silence {selection?.symbol}
            </button>
          ) : null}
        </>
      }
    >
      {state === null || rows.length === 0 ? (
        <Nothing>{filter === '' ? 'No streams yet.' : 'No stream has that in its name, state or reason.'}</Nothing>
      ) : (
        <Scroll name="All streams">
          <table class="numbers words">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Stream</th>
                <th scope="col">msg/s</th>
                <th scope="col">Last</th>
                <th scope="col">Gaps</th>
              </tr>
            </thead>
            <tbody>{rows.map((stream) => streamRow(stream, state.at))}</tbody>
          </table>
          {hidden === 0 ? null : <p class="key">and {whole(hidden)} more: filter to see them</p>}
        </Scroll>
      )}
    </Panel>
  )
}

function streamRow(stream: ShownStream, now: number): JSX.Element {
  const { id, symbol, channel, status, reason, since, messagesPerSecond, lastMessageAt, gaps } = stream
  return (
    <tr key={id} class={status}>
      <td>
        <Sign level={levelOfStream[status]} word={status} />
      </td>
      <th scope="row" title={id}>
        {symbol === null ? '' : `${symbol} `}
        <span class="channel">{channel}</span>
        {status === 'live' ? null : (
          <span class="reason">
            {reason}, for {lasting(now - since)}
          </span>
        )}
      </th>
      <td>{rate(messagesPerSecond)}</td>
      <td>{lastMessageAt === null ? unknownText : lasting(now - lastMessageAt)}</td>
      <td>{whole(gaps)}</td>
    </tr>
  )
}
