import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import UPlot from 'uplot'
import { fixed } from '../text/numbers.js'
import type { ShownBook } from '../wire.js'
import { priceAxis, still, valueAxis } from './axes.js'
import type { ChartColors } from './chart-colors.js'
import { depthPoints } from './depth-points.js'
import { Plot, type PlotOptions } from './plot.js'

export interface DepthChartProps {
  readonly book: ShownBook
  readonly priceDigits: number
  readonly sizeDigits: number
}

/** How much could be bought and sold up to each price. */
export function DepthChart({ book, priceDigits, sizeDigits }: DepthChartProps): JSX.Element {
  const points = useMemo(() => depthPoints(book), [book])
  const data = useMemo(() => [[...points.prices], [...points.bids], [...points.asks]] as UPlot.AlignedData, [points])
  const [low, high] = [points.prices[0] ?? null, points.prices.at(-1) ?? null]
  const label =
    `Depth from ${fixed(low, priceDigits)} to ${fixed(high, priceDigits)}: ` +
    `bids of ${fixed(points.bidTotal, sizeDigits)}, asks of ${fixed(points.askTotal, sizeDigits)} in all.`
  return <Plot label={label} data={data} options={depthOptions} />
}

function depthOptions(colors: ChartColors): PlotOptions {
  const side = (stroke: string, fill: string, align: 1 | -1): UPlot.Series => {
    const paths = UPlot.paths.stepped?.({ align })
    return { stroke, fill, width: 1.5, points: { show: false }, ...(paths === undefined ? {} : { paths }) }
  }
  return {
    ...still,
    padding: [8, 30, 0, 0],
    scales: {
      x: { time: false, range: (_chart, low, high) => [low, high] },
      y: { range: (_chart, _low, high) => [0, high] },
    },
    axes: [priceAxis(colors), valueAxis(colors, { space: 36 })],
    // Between two levels of a side holds the sum of the one nearer to the middle.
    series: [{}, side(colors.buy, colors.buyFill, -1), side(colors.sell, colors.sellFill, 1)],
  }
}
