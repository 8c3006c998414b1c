/** The most events in any window of this length that begins with one. */
export function mostInWindow(events: readonly { readonly at: number }[], windowMs: number): number {
  const times = events.map(({ at }) => at).sort((one, other) => one - other)
  let [most, first] = [0, 0]
  for (const [last, at] of times.entries()) {
    while ((times[first] as number) <= at - windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
