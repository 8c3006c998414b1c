const levels = '▁▂▃▄▅▆▇█'

/** The last `width` values as columns, padded on the left: between `low` and the highest of them, where 0 is the floor of what is counted. */
export function sparkline(values: readonly number[], width: number, low: 'lowest' | 'zero'): string {
  const shown = values.slice(Math.max(0, values.length - width))
  const floor = low === 'zero' ? 0 : Math.min(...shown)
  const span = Math.max(...shown) - floor
  const level = (value: number): string => {
    const height = span <= 0 ? 0 : Math.round(((value - floor) / span) * (levels.length - 1))
    return levels[height] ?? ' '
  }
  return shown.map(level).join('').padStart(width)
}

/** A bar of `width` columns at most, in halves of a column; `left` grows towards the left. */
export function bar(share: number, width: number, towards: 'left' | 'right'): string {
  const halves = Math.round(Math.min(1, Math.max(0, share)) * width * 2)
  const whole = '█'.repeat(Math.floor(halves / 2))
  const half = halves % 2 === 1
  if (towards === 'right') return `${whole}${half ? '▌' : ''}`.padEnd(width)
  return `${half ? '▐' : ''}${whole}`.padStart(width)
}

/** All of the values in at most `count` of them: each stands for as many as its neighbours, by the highest or the average of them. */
export function resampled(values: readonly number[], count: number, by: 'highest' | 'average'): readonly number[] {
  if (values.length <= count) return values
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count)
    const part = values.slice(from, Math.floor(((index + 1) * values.length) / count))
    return by === 'highest' ? Math.max(...part) : part.reduce((total, value) => total + value, 0) / part.length
  })
}
