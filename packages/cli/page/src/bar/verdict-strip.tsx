import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { glyphs, verdictOn } from '../state/verdict.js'
import { milliseconds, rate } from '../text/numbers.js'
import { lasting } from '../text/times.js'

/** The answer to the first question at three in the morning: is the data good. */
export function VerdictStrip({ dashboard }: { readonly dashboard: Dashboard }): JSX.Element {
  const state = dashboard.state.value
  if (state === null) {
    return (
      <section class="verdict watch" aria-label="State of the data">
        <p class="headline">
          <span aria-hidden="true">{glyphs.watch}</span> No data yet
        </p>
      </section>
    )
  }
  const { level, headline, facts } = verdictOn(state)
  const { last10s, last1min, lastLagMs, uptimeMs } = state.metrics
  return (
    <section class={`verdict ${level}${dashboard.isLost.value ? ' is-old' : ''}`} aria-label="State of the data">
      <p class="headline">
        <span aria-hidden="true">{glyphs[level]}</span> {headline}
      </p>
      <ul class="facts">
        {facts.map((fact) => (
          <li key={fact.place}>
            <a class={fact.level} href={`#${fact.place}`}>
              {fact.level === 'good' ? null : <span aria-hidden="true">{glyphs[fact.level]} </span>}
              {fact.text}
            </a>
          </li>
        ))}
      </ul>
      <p class="pulse">
        {rate(last10s.messagesPerSecond)} msg/s · p99 {milliseconds(last1min.p99Ms)} · lag {milliseconds(lastLagMs)} ·
        up {lasting(uptimeMs)}
      </p>
    </section>
  )
}
