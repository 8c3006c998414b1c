/** The share of the samples in which what is set up once is still being set up. */
const warmUp = 0.25

/**
 * Whether samples taken at equal distances grow no more, once everything has been set up: the mean of the last of them is above that of the first by `slack` at most, in
 * the samples' own unit. With few of them nobody can tell, and they count as flat.
 */
export function isFlat(samples: readonly number[], slack: number): boolean {
  return growth(samples) <= slack
}

/** By how much the mean of the last third is above that of the first, of what comes after the warm-up; 0 where there is too little of it. */
function growth(samples: readonly number[]): number {
  const settled = samples.slice(Math.ceil(samples.length * warmUp))
  const third = Math.floor(settled.length / 3)
  return third === 0 ? 0 : mean(settled.slice(-third)) - mean(settled.slice(0, third))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
