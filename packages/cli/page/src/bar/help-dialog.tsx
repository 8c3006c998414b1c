import type { JSX, RefObject } from 'preact'
import type { Settings } from '../state/settings.js'
import { zoneName } from '../text/times.js'

export interface HelpDialogProps {
  readonly dialog: RefObject<HTMLDialogElement | null>
  readonly settings: Settings
}

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['s', '/'], 'choose the symbol'],
  [['e'], 'choose the exchange'],
  [['Space'], 'hold the market still, and let it go on'],
  [['t'], 'theme: as the system, light, dark'],
  [['?'], 'this help'],
  [['Esc'], 'close it'],
]

/** What the keys do and what the signs mean. */
export function HelpDialog({ dialog, settings }: HelpDialogProps): JSX.Element {
  return (
    <dialog ref={dialog} aria-labelledby="help-title">
      <h2 id="help-title">Help</h2>
      <table class="keys">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(([names, does]) => (
            <tr key={does}>
              <th scope="row">
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check">
        <input
          type="checkbox"
          checked={settings.hasShortcuts.value}
          onChange={({ currentTarget }) => {
            settings.hasShortcuts.value = currentTarget.checked
          }}
        />{' '}
        Keys of one letter work
      </label>
      <h3>Signs</h3>
      <dl class="signs">
        <dt class="sign good">● live, connected</dt>
        <dd>complete and current</dd>
        <dt class="sign watch">▲ syncing, stale</dt>
        <dd>not delivering yet, or silent for longer than it should be</dd>
        <dt class="sign bad">■ gapped, reconnecting</dt>
        <dd>something was lost: what is shown greyed is not the exchange’s truth</dd>
        <dt class="fetched">↺</dt>
        <dd>a trade that was missed and fetched: it is older than where it stands</dd>
      </dl>
      <p class="key">
        Times of day are of {zoneName()}. Processing time is from the read of the socket to the return of the handler.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
