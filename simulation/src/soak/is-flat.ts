/** The share of the samples in which what is set up once is still being set up. */
const warmUp = 0.25
/** How much more the last of the rest may be than the first of them, as a share: a collection never leaves the same. */
const tolerance = 0.05

/** Whether samples taken at equal distances grow no more, once everything has been set up. With few of them nobody can tell, and they count as flat. */
export function isFlat(samples: readonly number[]): boolean {
  const settled = samples.slice(Math.ceil(samples.length * warmUp))
  const third = Math.floor(settled.length / 3)
  if (third === 0) return true
  return mean(settled.slice(-third)) <= mean(settled.slice(0, third)) * (1 + tolerance)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
