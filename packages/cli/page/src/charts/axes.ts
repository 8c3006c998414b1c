import type UPlot from 'uplot'
import { fixed, short } from '../text/numbers.js'
import { timeOfDay } from '../text/times.js'
import type { ChartColors } from './chart-colors.js'

/** An axis as every chart here has it: quiet lines, the page's own letters. */
export function axis(colors: ChartColors, own: UPlot.Axis): UPlot.Axis {
  return {
    stroke: colors.text,
    font: colors.font,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    gap: 4,
    ...own,
  }
}

/** Room for half of the last time, which stands in the middle under its point: top, right, bottom, left. */
export const timePadding: UPlot.Padding = [8, 30, 0, 0]

/** Values up the left side. */
export function valueAxis(colors: ChartColors, own: UPlot.Axis = {}): UPlot.Axis {
  return axis(colors, { size: 46, values: (_chart, splits) => splits.map(short), ...own })
}

/** Times of day, from seconds of the epoch. */
export function timeAxis(colors: ChartColors): UPlot.Axis {
  return axis(colors, { size: 22, space: 80, values: (_chart, splits) => splits.map((at) => timeOfDay(at * 1000)) })
}

/** Prices along the bottom, with as many digits as their steps need. */
export function priceAxis(colors: ChartColors): UPlot.Axis {
  return axis(colors, {
    size: 22,
    space: 90,
    values: (_chart, splits, _axis, _space, step) => splits.map((price) => fixed(price, digitsOf(step))),
  })
}

function digitsOf(step: number): number {
  return Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)))
}

/** Charts here are read, not operated: what moves under a pointer would be gone the next second. */
export const still: Pick<UPlot.Options, 'cursor' | 'legend'> = { cursor: { show: false }, legend: { show: false } }
