import { slope } from './statistics.js'

/** The first part of the time is for caches and compiled code to settle, and does not count. */
const settlingShare = 0.25

/** What a table with growth in it says of how it was measured. */
export const growthNote: string =
  `each after a full garbage collection; growth is the slope of the least-squares line through the last ${(1 - settlingShare) * 100} % of them. ` +
  'Over short runs it shows noise: `--minutes 10` is the real measurement.'

/** Kilobytes a minute, of samples that were taken so many seconds apart. */
export function growthPerMinute<Sample>(
  samples: readonly Sample[],
  secondsApart: number,
  bytes: (sample: Sample) => number,
): number {
  const settled = samples.slice(Math.floor(samples.length * settlingShare))
  return slope(settled.map((sample, index) => ({ x: (index * secondsApart) / 60, y: bytes(sample) / 1000 })))
}
