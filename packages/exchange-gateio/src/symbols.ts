import { type Instrument, StreamError, SymbolTable, tradingPair, type WireSymbol } from '@tapewire/core'

/**
 * Gate.io writes a pair as `BASE_QUOTE`, upper case with exactly one underscore; digits may appear (`QTUM3S_USDT`, `100X_USDT`).
 * Source: `GET /spot/currency_pairs`, Gate.io REST v4 docs.
 */
const separator = '_'

/** `BTC_USDT` for BTC/USDT. Throws `ERR_INVALID_SYMBOL` for a pair whose assets hold the separator themselves. */
export function wireSymbolOf(pair: Instrument): WireSymbol {
  if (pair.base.includes(separator) || pair.quote.includes(separator)) {
    throw new StreamError('ERR_INVALID_SYMBOL', `Gate.io cannot spell ${pair.name}.`, {
      hint: 'Its assets hold no underscore: the underscore stands between them.',
    })
  }
  return `${pair.base}${separator}${pair.quote}` as WireSymbol
}

/** The pair a wire symbol spells; null for anything that is not two upper-case assets with one underscore between them. */
export function pairOfWireSymbol(wireSymbol: string): Instrument | null {
  const [base, quote, ...more] = wireSymbol.split(separator)
  if (base === undefined || quote === undefined || more.length > 0) return null
  try {
    return tradingPair(base, quote)
  } catch {
    return null
  }
}

/** A table that learns Gate.io's spellings. */
export function gateioSymbolTable(): SymbolTable {
  return new SymbolTable(pairOfWireSymbol)
}
