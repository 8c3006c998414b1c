import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'

/** The notice of the candles' library is what its licence asks for (Apache 2.0, with its NOTICE file). */
export function Foot({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const version = dashboard.hello.value?.version
  return (
    <footer class="foot">
      <p>tapewire {version ?? ''} · everything here comes from the command that serves this page</p>
      <p>
        Candles by TradingView Lightweight Charts™, Copyright © 2023 TradingView, Inc.{' '}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          www.tradingview.com
        </a>{' '}
        · <a href="/licences.txt">licences</a>
      </p>
    </footer>
  )
}
