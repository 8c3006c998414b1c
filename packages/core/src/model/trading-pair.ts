import { StreamError } from '../errors/stream-error.js'

/**
 * A spot market: `base` is bought and sold, `quote` is what it costs. Interned: the same pair is always the same object,
 * so `===` compares and a `Map` keyed by it is cheap. Prints and serialises as `BTC/USDT`.
 */
export interface TradingPair {
  readonly base: string
  readonly quote: string
  /** `BTC/USDT` */
  readonly name: string
  toString(): string
  toJSON(): string
}

/** A pair, or its name: `'BTC/USDT'`. */
export type SymbolInput = TradingPair | string

/** The exchange's own spelling of a market: `BTC_USDT`, `BTCUSDT`. Never mixed up with our names. */
export type WireSymbol = string & { readonly __brand: 'WireSymbol' }

class InternedPair implements TradingPair {
  readonly base: string
  readonly quote: string
  readonly name: string

  constructor(base: string, quote: string) {
    this.base = base
    this.quote = quote
    this.name = `${base}/${quote}`
    Object.freeze(this)
  }

  toString(): string {
    return this.name
  }

  toJSON(): string {
    return this.name
  }
}

/**
 * The pair of a message whose exchange did not say which market it is about. Not a pair one can subscribe. Seen only on recorded frames that were
 * trimmed by whoever recorded them.
 */
export const unnamedPair: TradingPair = new InternedPair('?', '?')

const pairs = new Map<string, TradingPair>()

/** Asset codes are short and hold no separators; some are not ASCII. */
const assetPattern = /^[^\s/\\?#@.,"'\p{C}]{1,32}$/u

/**
 * The one `TradingPair` of these two assets.
 * Throws `ERR_INVALID_SYMBOL` where an asset is empty, lower case, longer than 32 characters or holds a separator.
 */
export function tradingPair(base: string, quote: string): TradingPair {
  const name = `${base}/${quote}`
  const known = pairs.get(name)
  if (known !== undefined) return known
  assertAsset(base, name)
  assertAsset(quote, name)
  const pair = new InternedPair(base, quote)
  pairs.set(name, pair)
  return pair
}

/** Reads `'BTC/USDT'`; throws `ERR_INVALID_SYMBOL` for anything else. */
export function parsePair(text: string): TradingPair {
  const known = pairs.get(text)
  if (known !== undefined) return known
  const slash = typeof text === 'string' ? text.indexOf('/') : -1
  if (slash === -1) throw invalidSymbol(describe(text))
  return tradingPair(text.slice(0, slash), text.slice(slash + 1))
}

/** A pair from what a user passes; throws `ERR_INVALID_SYMBOL`. */
export function toTradingPair(input: SymbolInput): TradingPair {
  if (typeof input === 'string') return parsePair(input)
  if (typeof input?.base === 'string' && typeof input.quote === 'string') return tradingPair(input.base, input.quote)
  throw invalidSymbol(describe(input))
}

function assertAsset(asset: string, whole: string): void {
  if (!assetPattern.test(asset) || asset !== asset.toUpperCase()) throw invalidSymbol(whole)
}

/** What was given where text was expected, without asking an object what it is. */
function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function invalidSymbol(text: string): StreamError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const likely = /^([a-z0-9]{2,10})[/_-]([a-z0-9]{2,10})$/i.exec(text)
  const example = likely ? `${likely[1]}/${likely[2]}`.toUpperCase() : 'BTC/USDT'
  return new StreamError('ERR_INVALID_SYMBOL', `${JSON.stringify(shown)} is not a trading pair.`, {
    hint: `Write base and quote in upper case with a slash between them, for example ${example}.`,
  })
}
