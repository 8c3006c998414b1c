import type { LookupAddress } from 'node:dns'

/** For how long an address comes last after a connect to it failed, ms. */
const distrustMs = 600_000

/**
 * The order in which a connect tries addresses. The machine's preference of a family stays; within a family each connect (`turn` counts them) begins with the next
 * address, so that they spread over the exchange's machines. Those to which a connect failed of late come last, that which failed longest ago first of them.
 */
export function orderAddresses(
  addresses: readonly LookupAddress[],
  turn: number,
  failedAt: Map<string, number>,
  now: number,
): readonly LookupAddress[] {
  const isKnown = new Set(addresses.map(({ address }) => address))
  for (const [address, time] of failedAt) {
    if (!isKnown.has(address) || now - time >= distrustMs) failedAt.delete(address)
  }
  if (addresses.length === 1) return addresses
  const trusted = addresses.filter(({ address }) => !failedAt.has(address))
  const distrusted = addresses
    .filter(({ address }) => failedAt.has(address))
    .sort((one, other) => (failedAt.get(one.address) ?? 0) - (failedAt.get(other.address) ?? 0))
  const families = [...new Set(trusted.map(({ family }) => family))]
  const rotated = families.flatMap((family) => {
    const members = trusted.filter((address) => address.family === family)
    const first = turn % members.length
    return [...members.slice(first), ...members.slice(0, first)]
  })
  return [...rotated, ...distrusted]
}
