import { type InstrumentListing, tradingPair } from '@tapewire/core'
import { callRest, decimalStep, positiveDecimal, type StrategyEnv, unusableAnswer } from '@tapewire/core/adapter'
import { mexcRest } from '../shared/errors.js'

/** What `tradeSideType` means of a symbol that is online: all sides, buy, sell, none. Source: MEXC spot v3 API docs, "Exchange Information". */
const sides: ReadonlyMap<unknown, InstrumentListing['status']> = new Map([
  [undefined, 'trading'],
  [1, 'trading'],
  [2, 'buy-only'],
  [3, 'sell-only'],
  [4, 'halted'],
])

/** The spot symbols MEXC lists. Source: MEXC spot v3 API docs, "Exchange Information". Rejects as `callRest`. */
export async function mexcSpotListing(restUrl: string, env: StrategyEnv): Promise<readonly InstrumentListing[]> {
  const { body } = await callRest({ url: `${restUrl}/api/v3/exchangeInfo` }, mexcRest, env)
  const { symbols } = (body ?? {}) as { symbols?: unknown }
  if (!Array.isArray(symbols)) throw unusableAnswer(mexcRest, 'GET /api/v3/exchangeInfo', 'it has no list of symbols')
  const listings = symbols.map((row) => listingOf(row ?? {})).filter((listing) => listing !== null)
  if (listings.length < symbols.length) {
    env.log.warn({ event: 'instruments-left-out', count: symbols.length - listings.length })
  }
  return listings
}

/** Null for a row whose assets cannot be read. */
function listingOf(row: Readonly<Record<string, unknown>>): InstrumentListing | null {
  const { symbol, baseAsset, quoteAsset } = row
  if (typeof symbol !== 'string' || typeof baseAsset !== 'string' || typeof quoteAsset !== 'string') return null
  try {
    return {
      instrument: tradingPair(baseAsset, quoteAsset),
      wireSymbol: symbol,
      status: statusOf(row),
      priceStep: decimalStep(row.quotePrecision),
      sizeStep: decimalStep(row.baseAssetPrecision),
      minSize: positiveDecimal(row.baseSizePrecision),
      minQuoteSize: positiveDecimal(row.quoteAmountPrecision),
    }
  } catch {
    return null
  }
}

/** `status` is 1 online, 2 paused, 3 offline, as text. Source: MEXC spot v3 API docs, "Exchange Information". */
function statusOf({ status, tradeSideType }: Readonly<Record<string, unknown>>): InstrumentListing['status'] {
  switch (String(status)) {
    case '1':
      return sides.get(tradeSideType) ?? null
    case '2':
    case '3':
      return 'halted'
    default:
      return null
  }
}
