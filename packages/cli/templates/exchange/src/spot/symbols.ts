import { type Instrument, StreamError, tradingPair } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'

const separator = '_'

/** Newex's spelling: `BTC_USDT`. Throws `ERR_INVALID_SYMBOL` for what it does not trade: anything but spot, and assets with a `_` in their name, which two pairs could be spelled with. */
export function wireSymbolOf({ kind, name, base, quote }: Instrument): WireSymbol {
  if (kind !== 'spot') {
    throw new StreamError('ERR_INVALID_SYMBOL', `newex_spot has no ${name}.`, { hint: 'It trades spot pairs only.' })
  }
  if (base.includes(separator) || quote.includes(separator)) {
    throw new StreamError('ERR_INVALID_SYMBOL', `newex_spot cannot spell ${name}.`, {
      hint: `A ${separator} stands between the assets of a pair, and in none of them.`,
    })
  }
  return `${base}${separator}${quote}` as WireSymbol
}

/** The instrument that a spelling means; null where it cannot be read. */
export function instrumentOf(wireSymbol: string): Instrument | null {
  const [base = '', quote = '', ...more] = wireSymbol.split(separator)
  if (more.length > 0) return null
  try {
    return tradingPair(base, quote)
  } catch {
    return null
  }
}
