import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Foot } from './bar/foot.js'
import { HelpDialog } from './bar/help-dialog.js'
import { LinkBanner } from './bar/link-banner.js'
import { type ShortcutName, shortcutOf } from './bar/shortcuts.js'
import { TopBar } from './bar/top-bar.js'
import { VerdictStrip } from './bar/verdict-strip.js'
import { AlertsPanel } from './panels/alerts-panel.js'
import { CandlesPanel } from './panels/candles-panel.js'
import { ConnectionsPanel } from './panels/connections-panel.js'
import { DepthPanel } from './panels/depth-panel.js'
import { GapsPanel } from './panels/gaps-panel.js'
import { LadderPanel } from './panels/ladder-panel.js'
import { LatencyPanel } from './panels/latency-panel.js'
import { LogPanel } from './panels/log-panel.js'
import { QuoteStrip } from './panels/quote-strip.js'
import { RatesPanel } from './panels/rates-panel.js'
import { StreamsPanel } from './panels/streams-panel.js'
import { TapePanel } from './panels/tape-panel.js'
import type { Dashboard } from './state/dashboard.js'
import type { Settings } from './state/settings.js'

export interface PageProps {
  readonly dashboard: Dashboard
  readonly settings: Settings
}

/** The whole page: first whether the data is good, then the market, then how its feed is doing. */
export function Page({ dashboard, settings }: PageProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const exchangeSelect = useRef<HTMLSelectElement>(null)
  const symbolSelect = useRef<HTMLSelectElement>(null)
  useEffect(() => {
    const actions: Readonly<Record<ShortcutName, () => void>> = {
      symbol: () => symbolSelect.current?.focus(),
      exchange: () => exchangeSelect.current?.focus(),
      pause: () => dashboard.togglePause(),
      theme: () => settings.nextTheme(),
      help: () => dialog.current?.showModal(),
    }
    const press = (event: KeyboardEvent): void => {
      const name = settings.hasShortcuts.value ? shortcutOf(event) : null
      if (name === null) return
      event.preventDefault()
      actions[name]()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [dashboard, settings])
  return (
    <>
      <a class="skip" href="#main">
        Skip to the data
      </a>
      <TopBar
        dashboard={dashboard}
        settings={settings}
        exchangeSelect={exchangeSelect}
        symbolSelect={symbolSelect}
        onHelp={() => dialog.current?.showModal()}
      />
      <main id="main" tabIndex={-1}>
        <LinkBanner dashboard={dashboard} />
        <VerdictStrip dashboard={dashboard} />
        <QuoteStrip dashboard={dashboard} />
        <div class="grid">
          <AlertsPanel dashboard={dashboard} />
          <CandlesPanel dashboard={dashboard} />
          <DepthPanel dashboard={dashboard} />
          <LadderPanel dashboard={dashboard} />
          <TapePanel dashboard={dashboard} />
          <ConnectionsPanel dashboard={dashboard} />
          <StreamsPanel dashboard={dashboard} />
          <RatesPanel dashboard={dashboard} settings={settings} />
          <LatencyPanel dashboard={dashboard} settings={settings} />
          <GapsPanel dashboard={dashboard} />
          <LogPanel dashboard={dashboard} />
        </div>
      </main>
      <Foot dashboard={dashboard} />
      <HelpDialog dialog={dialog} settings={settings} />
      <p class="unseen" role="status" aria-live="polite">
        {dashboard.announcement.value}
      </p>
    </>
  )
}
