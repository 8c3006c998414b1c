/** Buckets of each doubling of a duration: one is 1/32 wide, so that its middle is within 1.6 % of all in it. */
const perDoubling = 32
/** The first bucket holds everything under 2^-12 ms, a quarter of a microsecond: a clock of this century tells no less. The last ends at 2^22 ms, 70 minutes. */
const lowestPower = -12
const highestPower = 22

export const bucketCount: number = (highestPower - lowestPower) * perDoubling + 1

/** What took longer counts as this long, ms. */
export const longestMs = 3_600_000

// The bits of a double are its power of two, and behind it where it lies between that and the next: the bucket's number, for a store and a load.
const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)
const upperHalf = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const bitsBelow = 20 - Math.log2(perDoubling)
const firstBits = (1023 + lowestPower) * perDoubling - 1

/** The bucket of a duration from 0 to `longestMs`. */
export function bucketOf(durationMs: number): number {
  double[0] = durationMs
  const bucket = ((halves[upperHalf] as number) >>> bitsBelow) - firstBits
  return Math.max(bucket, 0)
}

/** Where a bucket begins, ms; it ends where the next begins. */
export function lowerBoundMs(bucket: number): number {
  if (bucket === 0) return 0
  const doublings = Math.floor((bucket - 1) / perDoubling)
  return 2 ** (lowestPower + doublings) * (1 + ((bucket - 1) % perDoubling) / perDoubling)
}

/** The middle of a bucket, ms. */
export function middleMs(bucket: number): number {
  return bucket === 0 ? 0 : (lowerBoundMs(bucket) + lowerBoundMs(bucket + 1)) / 2
}
