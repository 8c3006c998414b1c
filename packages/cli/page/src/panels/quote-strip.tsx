import type { ComponentChildren, JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { change, fixed, short } from '../text/numbers.js'
import { timeOfDay } from '../text/times.js'

/** The market in a line: last price, quote, the day. */
export function QuoteStrip({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const market = dashboard.market.value
  const selection = dashboard.selection.value
  const { quote, ticker } = market ?? { quote: null, ticker: null }
  const price = (value: number | null | undefined): string => fixed(value, market?.priceDigits ?? 2)
  const [last] = market?.trades ?? []
  const pausedAt = dashboard.pausedAt.value
  const direction = (ticker?.change ?? 0) < 0 ? 'sell' : 'buy'
  return (
    <section class={dashboard.isLost.value ? 'quote is-old' : 'quote'} aria-label="Price">
      <p class="quote-name">{selection?.symbol ?? '–'}</p>
      <p class={`quote-last ${last?.side ?? ''}`}>{price(last?.price ?? ticker?.last)}</p>
      <dl class="figures">
        <Figure name="24 h">
          <span class={ticker?.change === null || ticker === null ? '' : direction}>{change(ticker?.change)}</span>
        </Figure>
        <Figure name="Bid">{price(quote?.bidPrice)}</Figure>
        <Figure name="Ask">{price(quote?.askPrice)}</Figure>
        <Figure name="High">{price(ticker?.high)}</Figure>
        <Figure name="Low">{price(ticker?.low)}</Figure>
        <Figure name="Volume">{ticker?.baseVolume === null || ticker === null ? '–' : short(ticker.baseVolume)}</Figure>
      </dl>
      {pausedAt === null ? null : <p class="paused">Paused at {timeOfDay(pausedAt)}. Space goes on.</p>}
    </section>
  )
}

export function Figure({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
