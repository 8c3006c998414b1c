import { randomInteger } from '@tapewire/testkit'

export type Random = () => number

/** Epoch milliseconds of the first frame: 2026-01-01T00:00:00Z. */
export const startTime = 1_767_225_600_000

/** A price around 90,000 with one decimal, as text: `90012.4`. */
export function priceText(random: Random, offset = 0): string {
  return (90_000 + offset + randomInteger(random, 0, 2_000) / 10).toFixed(1)
}

/** A size without a trailing zero, as text: `0.61234`. */
export function sizeText(random: Random, fewestDecimals = 3, mostDecimals = 6): string {
  const decimals = randomInteger(random, fewestDecimals, mostDecimals)
  const digits = randomInteger(random, 1, 10 ** decimals - 1)
  return `${randomInteger(random, 0, 9)}.${String(digits % 10 === 0 ? digits + 1 : digits).padStart(decimals, '0')}`
}

/** `count` items made one after the other. */
export function generate<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
