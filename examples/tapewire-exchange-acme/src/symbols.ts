import { type Instrument, StreamError, tradingPair } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'

/** `BTC-USDT` for BTC/USDT. Throws `ERR_INVALID_SYMBOL` for what is not spot, and for assets with a dash: two pairs would be spelt alike. */
export function wireSymbolOf({ kind, name, base, quote }: Instrument): WireSymbol {
  if (kind !== 'spot' || `${base}${quote}`.includes('-')) {
    throw new StreamError('ERR_INVALID_SYMBOL', `acme_spot has no ${name}.`, {
      hint: 'It trades spot pairs only, of assets without a dash.',
    })
  }
  return `${base}-${quote}` as WireSymbol
}

/** The pair that a wire symbol spells, two assets with a dash between them; null where it cannot be read. */
export function instrumentOf(wireSymbol: string): Instrument | null {
  const [base = '', quote = '', ...more] = wireSymbol.split('-')
  if (more.length > 0) return null
  try {
    return tradingPair(base, quote)
  } catch {
    return null
  }
}
