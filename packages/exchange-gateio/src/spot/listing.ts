import { type InstrumentListing, tradingPair } from '@tapewire/core'
import { callRest, decimalStep, positiveDecimal, type StrategyEnv, unusableAnswer } from '@tapewire/core/adapter'
import { gateioRest } from '../shared/errors.js'
import { type Fields, isFields } from '../shared/fields.js'

/** What `trade_status` means. Source: Gate.io REST v4 docs, `GET /spot/currency_pairs`. */
const statuses: ReadonlyMap<unknown, InstrumentListing['status']> = new Map([
  ['tradable', 'trading'],
  ['buyable', 'buy-only'],
  ['sellable', 'sell-only'],
  ['untradable', 'halted'],
])

/** The spot pairs Gate.io lists. Source: Gate.io REST v4 docs, `GET /spot/currency_pairs`. Rejects as `callRest`. */
export async function gateioSpotListing(restUrl: string, env: StrategyEnv): Promise<readonly InstrumentListing[]> {
  const { body } = await callRest({ url: `${restUrl}/spot/currency_pairs` }, gateioRest, env)
  if (!Array.isArray(body)) throw unusableAnswer(gateioRest, 'GET /spot/currency_pairs', 'it is no list of pairs')
  const listings = body.map((row) => (isFields(row) ? listingOf(row) : null)).filter((listing) => listing !== null)
  if (listings.length < body.length) {
    env.log.warn({ event: 'instruments-left-out', count: body.length - listings.length })
  }
  return listings
}

/** Null for a row whose assets cannot be read. */
function listingOf(row: Fields): InstrumentListing | null {
  const { id, base, quote } = row
  if (typeof id !== 'string' || typeof base !== 'string' || typeof quote !== 'string') return null
  try {
    return {
      instrument: tradingPair(base, quote),
      wireSymbol: id,
      status: statuses.get(row.trade_status) ?? null,
      priceStep: decimalStep(row.precision),
      sizeStep: decimalStep(row.amount_precision),
      minSize: positiveDecimal(row.min_base_amount),
      minQuoteSize: positiveDecimal(row.min_quote_amount),
    }
  } catch {
    return null
  }
}
