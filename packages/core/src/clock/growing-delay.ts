/** From which delay to which one they grow, ms. */
export interface DelayRange {
  readonly firstMs: number
  readonly longestMs: number
}

/** The delay, ms, after so many failures in a row, 1 and up: the first one, doubled with each to the longest, and of that between half and all by chance, so that a fleet does not ask in step. */
export function growingDelayMs({ firstMs, longestMs }: DelayRange, failures: number, random: () => number): number {
  // Doubled often enough it would be infinite.
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 16))
  return ceilingMs * (0.5 + random() / 2)
}
