const bars = '▁▂▃▄▅▆▇█'

/** The last `width` values as bars between their lowest and highest, padded on the left. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(Math.max(0, values.length - width))
  const low = Math.min(...shown)
  const span = Math.max(...shown) - low
  const bar = (value: number): string => {
    const level = span === 0 ? 0 : Math.round(((value - low) / span) * (bars.length - 1))
    return bars[level] ?? ' '
  }
  return shown.map(bar).join('').padStart(width)
}
