import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import UPlot from 'uplot'
import { percent, short, whole } from '../text/numbers.js'
import type { ShownHistogram } from '../wire.js'
import { axis, still, valueAxis } from './axes.js'
import type { ChartColors } from './chart-colors.js'
import { barName, histogramBars } from './histogram-bars.js'
import { Plot, type PlotOptions } from './plot.js'

/** How many messages took how long, over the last minute: a bar for each range, its height by logarithm, since one in ten thousand is what one looks for. */
export function LatencyChart({ histogram }: { histogram: ShownHistogram }): JSX.Element {
  const bars = useMemo(() => histogramBars(histogram), [histogram])
  const data = useMemo(
    () =>
      [
        bars.map((_bar, index) => index),
        // A logarithm has no place for 0; half a message is no bar.
        bars.map(({ count }) => (count === 0 ? null : count)),
        bars.map(({ upToMs }) => (Number.isFinite(upToMs) ? upToMs : null)),
      ] satisfies UPlot.AlignedData,
    [bars],
  )
  const total = bars.reduce((sum, { count }) => sum + count, 0)
  const shares = bars.filter(({ count }) => count > 0).map((bar) => `${barName(bar)}: ${percent(bar.count / total, 1)}`)
  const label = `Processing times of ${whole(total)} messages in the last minute. ${shares.join(', ')}.`
  return <Plot label={label} data={data} options={latencyOptions} />
}

function latencyOptions(colors: ChartColors): PlotOptions {
  const paths = UPlot.paths.bars?.({ size: [0.82, 60] })
  return {
    ...still,
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: false, range: (_chart, _low, high) => [-0.6, high + 0.6] },
      y: { distr: 3, range: (_chart, _low, high) => [0.5, Math.max(10, high * 2)] },
      bound: { auto: false },
    },
    axes: [
      axis(colors, {
        size: 22,
        grid: { show: false },
        splits: (chart) => everySo(chart.data[0].length, chart.width),
        values: (chart, splits) => splits.map((index) => boundText(chart.data[2]?.[index])),
      }),
      valueAxis(colors, {
        splits: (_chart, _axis, low, high) => decades(low, high),
        values: (_chart, splits) => splits.map((value) => (value === null ? '' : short(value))),
      }),
    ],
    series: [
      {},
      {
        stroke: colors.accent,
        fill: colors.accentFill,
        width: 1,
        points: { show: false },
        ...(paths === undefined ? {} : { paths }),
      },
      // Only holds what the bars are called.
      { show: false, scale: 'bound' },
    ],
  }
}

function boundText(boundMs: number | null | undefined): string {
  return boundMs === null || boundMs === undefined ? 'more' : short(boundMs)
}

/** Bars that get a name: as many as there is room for. */
function everySo(bars: number, width: number): number[] {
  const step = Math.max(1, Math.ceil((bars * 44) / Math.max(44, width - 60)))
  return Array.from({ length: Math.ceil(bars / step) }, (_, index) => index * step)
}

/** Powers of ten within a scale, every one or every second. */
function decades(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low))
  const last = Math.floor(Math.log10(high))
  const step = last - first > 4 ? 2 : 1
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => 10 ** (first + index * step))
}
