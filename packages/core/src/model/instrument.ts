import { StreamError } from '../errors/stream-error.js'
import { showAs } from './inspection.js'

/** What is traded: the thing itself, a contract without an end, or one that ends on a day. */
export type InstrumentKind = 'spot' | 'perpetual' | 'future'

/**
 * A market. Interned: the same instrument is always the same object, so `===` compares and a `Map` keyed by it is cheap. Prints and serialises as
 * its name, which is the one users know from ccxt: `BTC/USDT` (spot), `BTC/USDT:USDT` (perpetual, settled in USDT), `BTC/USD:BTC` (inverse perpetual),
 * `BTC/USDT:USDT-261225` (future of 25 December 2026). Asset names keep the exchange's letters: `AAPLx`, `龙虾`.
 */
export interface Instrument {
  readonly name: string
  readonly kind: InstrumentKind
  /** What is bought and sold. */
  readonly base: string
  /** What it costs. */
  readonly quote: string
  /** What a contract is settled in; null for spot. */
  readonly settle: string | null
  /** The day a future ends, midnight UTC, epoch ms; null for spot and perpetuals. */
  readonly expiry: number | null
  toString(): string
  toJSON(): string
}

/** An instrument, or its name: `'BTC/USDT'`. */
export type SymbolInput = Instrument | string

/** The exchange's own spelling of a market: `BTC_USDT`, `BTCUSDT`. Never mixed up with our names. */
export type WireSymbol = string & { readonly __brand: 'WireSymbol' }

class InternedInstrument implements Instrument {
  readonly name: string
  readonly kind: InstrumentKind
  readonly base: string
  readonly quote: string
  readonly settle: string | null
  readonly expiry: number | null

  constructor(name: string, { base, quote, settle, expiry }: Parts) {
    this.name = name
    this.kind = settle === null ? 'spot' : expiry === null ? 'perpetual' : 'future'
    this.base = base
    this.quote = quote
    this.settle = settle
    this.expiry = expiry === null ? null : expiryTime(expiry)
    Object.freeze(this)
  }

  toString(): string {
    return this.name
  }

  toJSON(): string {
    return this.name
  }
}

showAs(InternedInstrument.prototype, ({ name }) => `Instrument ${name}`)

/** What a name is made of; `expiry` as it is written, `261225`. */
interface Parts {
  readonly base: string
  readonly quote: string
  readonly settle: string | null
  readonly expiry: string | null
}

/**
 * The instrument of a message whose exchange did not say which market it is about. Not one that can be subscribed. Seen only on recorded frames that were
 * trimmed by whoever recorded them.
 */
export const unnamedInstrument: Instrument = new InternedInstrument('?/?', {
  base: '?',
  quote: '?',
  settle: null,
  expiry: null,
})

const instruments = new Map<string, Instrument>()

/** Asset codes are short and hold no separators; some are not ASCII. */
const assetPattern = /^[^\s/\\?#@.,:"'\p{C}]{1,32}$/u

/** Nobody lists an asset in small letters alone; who writes `btc` means `BTC`. */
const smallLetters = /^[a-z]+$/

const namePattern = /^([^/:]*)\/([^/:]*?)(?::([^/:-]*)(?:-(\d{6}))?)?$/

/**
 * The spot instrument of these two assets.
 * Throws `ERR_INVALID_SYMBOL` where an asset is empty, in small letters alone, longer than 32 characters or holds a separator.
 */
export function tradingPair(base: string, quote: string): Instrument {
  const known = instruments.get(`${base}/${quote}`)
  // The quote could hold a colon, and then it is no asset.
  return known?.kind === 'spot' ? known : intern({ base, quote, settle: null, expiry: null })
}

/** Reads `'BTC/USDT'`, `'BTC/USDT:USDT'`, `'BTC/USDT:USDT-261225'`; throws `ERR_INVALID_SYMBOL` for anything else. */
export function parseInstrument(text: string): Instrument {
  const known = instruments.get(text)
  if (known !== undefined) return known
  const parts = typeof text === 'string' && text.length <= maxNameLength ? namePattern.exec(text) : null
  if (parts === null) throw invalidSymbol(describe(text))
  const [, base = '', quote = '', settle = null, expiry = null] = parts
  return intern({ base, quote, settle, expiry })
}

/** Three assets of 32 characters, some of them of two code units, and the separators. */
const maxNameLength = 256

/** An instrument from what a user passes; throws `ERR_INVALID_SYMBOL`. */
export function toInstrument(input: SymbolInput): Instrument {
  if (typeof input === 'string') return parseInstrument(input)
  if (input instanceof InternedInstrument) return input
  if (typeof input?.name === 'string') return parseInstrument(input.name)
  if (typeof input?.base === 'string' && typeof input.quote === 'string') return tradingPair(input.base, input.quote)
  throw invalidSymbol(describe(input))
}

function intern(parts: Parts): Instrument {
  const { base, quote, settle, expiry } = parts
  const name = `${base}/${quote}${settle === null ? '' : `:${settle}`}${expiry === null ? '' : `-${expiry}`}`
  for (const asset of settle === null ? [base, quote] : [base, quote, settle]) {
    if (!assetPattern.test(asset) || smallLetters.test(asset)) throw invalidSymbol(name)
  }
  if (expiry !== null && Number.isNaN(expiryTime(expiry))) throw invalidSymbol(name)
  const instrument = new InternedInstrument(name, parts)
  instruments.set(name, instrument)
  return instrument
}

/** `261225` as the first moment of that day, UTC; NaN where there is no such day. */
function expiryTime(expiry: string): number {
  const [year, month, day] = [expiry.slice(0, 2), expiry.slice(2, 4), expiry.slice(4, 6)]
  const time = Date.parse(`20${year}-${month}-${day}T00:00:00Z`)
  return new Date(time).getUTCDate() === Number(day) ? time : Number.NaN
}

/** What was given where text was expected, without asking an object what it is. */
function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function invalidSymbol(text: string): StreamError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  const likely = /^([a-z0-9]{2,10})[/_-]([a-z0-9]{2,10})$/i.exec(text)
  const example = likely ? `${likely[1]}/${likely[2]}`.toUpperCase() : 'BTC/USDT'
  return new StreamError('ERR_INVALID_SYMBOL', `${JSON.stringify(shown)} is not the name of an instrument.`, {
    hint: `Write base and quote with a slash between them, as the exchange spells the assets: ${example}; a perpetual with what it settles in: BTC/USDT:USDT.`,
  })
}
