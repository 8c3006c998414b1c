import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type UPlot from 'uplot'
import { milliseconds } from '../text/numbers.js'
import { lasting } from '../text/times.js'
import type { RateSample } from '../wire.js'
import { still, timeAxis, timePadding, valueAxis } from './axes.js'
import type { ChartColors } from './chart-colors.js'
import { Plot, type PlotOptions } from './plot.js'

/** Processing times, p50 and p99 of each second. */
export function DelayChart({ samples, seconds }: { samples: readonly RateSample[]; seconds: number }): JSX.Element {
  const shown = useMemo(() => samples.slice(-seconds), [samples, seconds])
  const data = useMemo(
    () =>
      [
        shown.map(({ at }) => at / 1000),
        shown.map(({ p50Ms }) => p50Ms),
        shown.map(({ p99Ms }) => p99Ms),
      ] satisfies UPlot.AlignedData,
    [shown],
  )
  const worst = Math.max(0, ...shown.map(({ p99Ms }) => p99Ms))
  const label =
    `Processing time of each second over the last ${lasting(seconds * 1000)}: ` +
    `p50 now ${milliseconds(shown.at(-1)?.p50Ms)}, p99 now ${milliseconds(shown.at(-1)?.p99Ms)}, worst p99 ${milliseconds(worst)}.`
  return <Plot label={label} data={data} options={delayOptions} />
}

function delayOptions(colors: ChartColors): PlotOptions {
  return {
    ...still,
    padding: timePadding,
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(0.1, high * 1.1)] } },
    axes: [timeAxis(colors), valueAxis(colors, { space: 30 })],
    series: [
      {},
      { stroke: colors.accent, width: 1.5, points: { show: false } },
      { stroke: colors.second, width: 1.5, dash: [5, 3], points: { show: false } },
    ],
  }
}
