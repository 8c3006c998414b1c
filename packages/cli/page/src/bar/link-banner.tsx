import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { timeOfDay } from '../text/times.js'

/** How the page itself is connected, where that is not well: what is shown is then of the past, and says of when. */
export function LinkBanner({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element | null {
  const link = dashboard.link.value
  if (link.phase === 'open') return null
  if (link.phase === 'connecting') return <p class="banner watch">Connecting to the dashboard…</p>
  const state = dashboard.state.value
  return (
    <div class="banner bad">
      <p>
        <span aria-hidden="true">■</span> <strong>The dashboard’s own connection is lost.</strong>{' '}
        {state === null ? '' : `What is shown is as of ${timeOfDay(state.at)}. `}
        {link.hasOpened ? 'Does its command still run? ' : 'Is this the whole address that the command printed? '}
        {link.nextAttemptAt === null ? 'Trying again now.' : `Tries again at ${timeOfDay(link.nextAttemptAt)}.`}
      </p>
      <button type="button" onClick={() => dashboard.retry()}>
        Try now
      </button>
    </div>
  )
}
