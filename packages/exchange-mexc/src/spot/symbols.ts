import { type Instrument, StreamError, tradingPair } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'
import { SymbolTable } from '@tapewire/core/adapter'

/**
 * Assets MEXC quotes spot prices in, for spellings nobody registered: `BTCUSDT` has no separator. Sources: MEXC learn, "Spot trading rules"
 * (USDT, USDC, TUSD, ETH, BTC), and the quote assets of MEXC spot v3 exchangeInfo (USDE, USD1, EUR, BRL). Longest first, so that no shorter
 * one that ends alike is taken for it.
 */
const knownQuoteAssets = ['USDT', 'USDC', 'USDE', 'USD1', 'TUSD', 'EUR', 'BRL', 'BTC', 'ETH'] as const

/** Spellings and instruments: registered ones are certain, others are split at a known quote asset. `extraQuoteAssets` are tried before the known ones of their length. */
export function mexcSpotSymbolTable(extraQuoteAssets: readonly string[] = []): SymbolTable {
  const quotes = [...extraQuoteAssets, ...knownQuoteAssets].sort((one, other) => other.length - one.length)
  return new SymbolTable((wireSymbol) => splitSymbol(wireSymbol, quotes))
}

/**
 * MEXC's spelling: base and quote joined, upper case, not always ASCII. Source: MEXC spot v3 API docs, "Websocket Market Streams".
 * Throws `ERR_INVALID_SYMBOL` for an instrument that is not spot, or an asset that a subscription reply could not be read back with.
 */
export function wireSymbolOf(instrument: Instrument): WireSymbol {
  const { name, kind, base, quote } = instrument
  if (kind !== 'spot') {
    throw new StreamError('ERR_INVALID_SYMBOL', `MEXC spot cannot list ${name}: it is no spot instrument.`, {
      hint: `The spot instrument is ${base}/${quote}.`,
    })
  }
  const wireSymbol = `${base}${quote}`
  if (/[[\]]/.test(wireSymbol)) {
    throw new StreamError('ERR_INVALID_SYMBOL', `MEXC cannot list ${name}: its names hold no brackets.`, {
      hint: 'Check the spelling against MEXC’s exchangeInfo.',
    })
  }
  return wireSymbol as WireSymbol
}

function splitSymbol(wireSymbol: string, quotes: readonly string[]): Instrument | null {
  const quote = quotes.find((candidate) => wireSymbol.endsWith(candidate) && wireSymbol.length > candidate.length)
  if (quote === undefined) return null
  try {
    return tradingPair(wireSymbol.slice(0, -quote.length), quote)
  } catch {
    return null
  }
}
