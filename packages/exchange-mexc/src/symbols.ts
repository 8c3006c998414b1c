import { type Instrument, StreamError, SymbolTable, tradingPair, type WireSymbol } from '@tapewire/core'

/**
 * Assets MEXC quotes spot pairs in, for spellings nobody registered: `BTCUSDT` has no separator. Sources: MEXC learn, "Spot trading rules"
 * (USDT, USDC, TUSD, ETH, BTC), and the quote assets of MEXC spot v3 exchangeInfo (USDE, USD1, EUR, BRL). Longest first, so that no shorter
 * one that ends alike is taken for it.
 */
const knownQuoteAssets = ['USDT', 'USDC', 'USDE', 'USD1', 'TUSD', 'EUR', 'BRL', 'BTC', 'ETH'] as const

/** Spellings and pairs: registered ones are certain, others are split at a known quote asset. `extraQuoteAssets` are tried before the known ones of their length. */
export function createSymbolTable(extraQuoteAssets: readonly string[] = []): SymbolTable {
  const quotes = [...extraQuoteAssets, ...knownQuoteAssets].sort((one, other) => other.length - one.length)
  return new SymbolTable((wireSymbol) => splitSymbol(wireSymbol, quotes))
}

/**
 * MEXC's spelling: base and quote joined, upper case, not always ASCII. Source: MEXC spot v3 API docs, "Websocket Market Streams".
 * Throws `ERR_INVALID_SYMBOL` for an asset that a subscription reply could not be read back with.
 */
export function wireSymbolOf(pair: Instrument): WireSymbol {
  const wireSymbol = `${pair.base}${pair.quote}`
  if (/[[\]]/.test(wireSymbol)) {
    throw new StreamError('ERR_INVALID_SYMBOL', `MEXC cannot list ${pair.name}: its names hold no brackets.`, {
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
