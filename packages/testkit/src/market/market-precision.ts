import type { Instrument } from '@tapewire/core'
import { hashText } from '../random.js'

/** How finely a pair is priced, and where its price begins. */
export interface MarketPrecision {
  /** Decimal places of a price; one tick is 10^-priceDigits. */
  readonly priceDigits: number
  /** Decimal places of a size; one lot is 10^-sizeDigits. */
  readonly sizeDigits: number
  /** The price the simulation starts around, in ticks. */
  readonly startTicks: number
}

/** Markets people look at first; orders of magnitude of early 2026. */
const known: Readonly<Record<string, MarketPrecision>> = {
  BTC: { priceDigits: 1, sizeDigits: 5, startTicks: 875_000 },
  ETH: { priceDigits: 2, sizeDigits: 4, startTicks: 298_000 },
  SOL: { priceDigits: 2, sizeDigits: 3, startTicks: 13_000 },
}

const dollarLike = /USD|EUR/

/**
 * The precision of a simulated market: that of BTC, ETH and SOL in dollars looks familiar, any other follows from the pair's name, so that it is the same everywhere.
 * Prices have five significant digits or more, and a level is worth a plausible amount whatever the price.
 */
export function marketPrecision(pair: Instrument): MarketPrecision {
  const familiar = dollarLike.test(pair.quote) ? known[pair.base] : undefined
  if (familiar !== undefined) return familiar
  const hash = hashText(pair.name)
  const priceDigits = 2 + (hash % 6)
  return { priceDigits, sizeDigits: Math.max(0, 5 - priceDigits), startTicks: 20_000 + ((hash >>> 8) % 70_000) }
}
