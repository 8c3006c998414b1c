import type { RateSample } from '../wire.js'

export const mostSamples = 300

/** The samples of the last five minutes, oldest first, with those that came since. */
export function withSamples(held: readonly RateSample[], fresh: readonly RateSample[]): readonly RateSample[] {
  const newest = held.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  return [...held, ...fresh.filter(({ at }) => at > newest)].slice(-mostSamples)
}
