import type { JSX } from 'preact'
import type { Loss } from '../link/live-link.js'
import type { Dashboard } from '../state/dashboard.js'
import { timeOfDay } from '../text/times.js'

const whatToDo: Readonly<Record<Loss, string>> = {
  'no-token': 'It wants its token: open the whole address that the command printed.',
  full: 'As many pages are open as it serves: close another one.',
  ended: 'Its command has ended: start it again.',
  gone: 'Does its command still run?',
  never: 'Does its command run? Is this the whole address that it printed?',
}

/** How the page itself is connected, where that is not well: what is shown is then of the past, and says of when. */
export function LinkBanner({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element | null {
  const link = dashboard.link.value
  if (link.phase === 'open') return null
  if (link.phase === 'connecting') return <p class="banner watch">Connecting to the dashboard…</p>
  const state = dashboard.state.value
  return (
    <div class="banner bad">
      <p>
        <span aria-hidden="true">■</span> <strong>The dashboard tells this page nothing.</strong>{' '}
        {state === null ? '' : `What is shown is as of ${timeOfDay(state.at)}. `}
        {whatToDo[link.loss]}{' '}
        {link.nextAttemptAt === null ? 'Trying again now.' : `Tries again at ${timeOfDay(link.nextAttemptAt)}.`}
      </p>
      <button type="button" onClick={() => dashboard.retry()}>
        Try now
      </button>
    </div>
  )
}
