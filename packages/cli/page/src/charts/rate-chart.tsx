import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type UPlot from 'uplot'
import { rate } from '../text/numbers.js'
import { lasting } from '../text/times.js'
import type { RateSample } from '../wire.js'
import { still, timeAxis, timePadding, valueAxis } from './axes.js'
import type { ChartColors } from './chart-colors.js'
import { Plot, type PlotOptions } from './plot.js'

/** Messages a second, a point each second. */
export function RateChart({ samples, seconds }: { samples: readonly RateSample[]; seconds: number }): JSX.Element {
  const shown = useMemo(() => samples.slice(-seconds), [samples, seconds])
  const data = useMemo(
    () =>
      [
        shown.map(({ at }) => at / 1000),
        shown.map(({ messagesPerSecond }) => messagesPerSecond),
      ] satisfies UPlot.AlignedData,
    [shown],
  )
  const rates = shown.map(({ messagesPerSecond }) => messagesPerSecond)
  const average = rates.reduce((total, value) => total + value, 0) / Math.max(1, rates.length)
  const label =
    rates.length === 0
      ? 'Messages a second: no sample yet.'
      : `Messages a second over the last ${lasting(seconds * 1000)}: now ${rate(rates.at(-1))}, ` +
        `average ${rate(average)}, least ${rate(Math.min(...rates))}, most ${rate(Math.max(...rates))}.`
  return <Plot label={label} data={data} options={rateOptions} />
}

function rateOptions(colors: ChartColors): PlotOptions {
  return {
    ...still,
    padding: timePadding,
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [timeAxis(colors), valueAxis(colors)],
    series: [{}, { stroke: colors.accent, fill: colors.accentFill, width: 1.5, points: { show: false } }],
  }
}
