import type { JSX, RefObject } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import type { Settings } from '../state/settings.js'

export interface TopBarProps {
  readonly dashboard: Dashboard
  readonly settings: Settings
  readonly exchangeSelect: RefObject<HTMLSelectElement | null>
  readonly symbolSelect: RefObject<HTMLSelectElement | null>
  readonly onHelp: () => void
}

const themeNames = { system: 'as the system', light: 'light', dark: 'dark' } as const

/** What is shown, and how. */
export function TopBar({ dashboard, settings, exchangeSelect, symbolSelect, onHelp }: TopBarProps): JSX.Element {
  const exchanges = dashboard.hello.value?.exchanges ?? []
  const exchange = dashboard.exchange.value
  const selection = dashboard.selection.value
  const isPaused = dashboard.pausedAt.value !== null
  return (
    <header class="top">
      <h1>
        <img src="/icon.svg" alt="" width="22" height="22" /> tapewire
      </h1>
      {exchange?.isEmulated === true ? <p class="tag">emulated</p> : null}
      <div class="choices">
        <label>
          <span class="label">Exchange</span>
          <select
            ref={exchangeSelect}
            value={selection?.exchange ?? ''}
            disabled={exchanges.length === 0}
            onChange={({ currentTarget }) => dashboard.select(currentTarget.value, selection?.symbol)}
          >
            {exchanges.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="label">Symbol</span>
          <select
            ref={symbolSelect}
            value={selection?.symbol ?? ''}
            disabled={exchange === null}
            onChange={({ currentTarget }) => dashboard.select(selection?.exchange ?? '', currentTarget.value)}
          >
            {(exchange?.symbols ?? []).map((symbol) => (
              <option key={symbol} value={symbol}>
                {symbol}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="tools">
        <button type="button" aria-pressed={isPaused} onClick={() => dashboard.togglePause()}>
          <span aria-hidden="true">{isPaused ? '▶' : '❚❚'}</span>{' '}
          <span class="word">{isPaused ? 'Go on' : 'Pause'}</span>
        </button>
        <button
          type="button"
          title={`Theme: ${themeNames[settings.theme.value]}`}
          aria-label={`Theme: ${themeNames[settings.theme.value]}`}
          onClick={() => settings.nextTheme()}
        >
          <span aria-hidden="true">◐</span>
        </button>
        <button type="button" aria-label="Help" title="Help" onClick={onHelp}>
          <span aria-hidden="true">?</span>
        </button>
      </div>
    </header>
  )
}
