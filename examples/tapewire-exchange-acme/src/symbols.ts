import { type Instrument, SymbolTable, tradingPair, type WireSymbol } from '@tapewire/core'

/** `BTC-USDT` for BTC/USDT. */
export function wireSymbolOf(pair: Instrument): WireSymbol {
  return `${pair.base}-${pair.quote}` as WireSymbol
}

/** A table that learns Acme's spellings, and can read one it has not seen: two assets with a dash between them. */
export function acmeSymbolTable(): SymbolTable {
  return new SymbolTable((wireSymbol) => {
    const [base, quote, ...more] = wireSymbol.split('-')
    if (base === undefined || quote === undefined || more.length > 0) return null
    try {
      return tradingPair(base, quote)
    } catch {
      return null
    }
  })
}
