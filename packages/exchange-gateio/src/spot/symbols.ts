import { type Instrument, StreamError, tradingPair } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'
import { SymbolTable } from '@tapewire/core/adapter'

/**
 * Gate.io writes a spot pair as `BASE_QUOTE`, upper case with exactly one underscore; digits may appear (`QTUM3S_USDT`, `100X_USDT`).
 * Source: `GET /spot/currency_pairs`, Gate.io REST v4 docs.
 */
const separator = '_'

/** `BTC_USDT` for BTC/USDT. Throws `ERR_INVALID_SYMBOL` for what is not spot, and for a pair whose assets hold the separator themselves. */
export function wireSymbolOf(instrument: Instrument): WireSymbol {
  const { name, kind, base, quote } = instrument
  if (kind !== 'spot') {
    throw new StreamError('ERR_INVALID_SYMBOL', `${name} is not traded on Gate.io's spot market.`, {
      hint: `Its spot pair is ${base}/${quote}.`,
    })
  }
  if (base.includes(separator) || quote.includes(separator)) {
    throw new StreamError('ERR_INVALID_SYMBOL', `Gate.io cannot spell ${name}.`, {
      hint: 'Its assets hold no underscore: the underscore stands between them.',
    })
  }
  return `${base}${separator}${quote}` as WireSymbol
}

/** The pair a wire symbol spells; null for anything that is not two upper-case assets with one underscore between them. */
function pairOfWireSymbol(wireSymbol: string): Instrument | null {
  const [base, quote, ...more] = wireSymbol.split(separator)
  if (base === undefined || quote === undefined || more.length > 0) return null
  try {
    return tradingPair(base, quote)
  } catch {
    return null
  }
}

/** A table that learns Gate.io's spellings. */
export function gateioSpotSymbolTable(): SymbolTable {
  return new SymbolTable(pairOfWireSymbol)
}
