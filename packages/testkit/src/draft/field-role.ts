import type { FieldRole, TimeUnit } from './draft.js'
import { marketIn } from './symbol-text.js'

/** The plain values of one field, as they were seen. */
export interface SeenValues {
  readonly texts: readonly string[]
  /** Numbers without quotes, their digits. */
  readonly numbers: readonly string[]
}

/** What a field seems to be, and what speaks against it. */
export interface RoleGuess {
  readonly role: FieldRole | null
  readonly unit: TimeUnit | null
  readonly doubts: readonly string[]
}

const none: RoleGuess = { role: null, unit: null, doubts: [] }

/** What the fields of a frame are for, by their names, their values, and the times that the frames of a capture are of (`eras`, epoch ms). */
export function guessRole(name: string, values: SeenValues, eras: readonly number[]): RoleGuess {
  return (
    timeOf(name, values, eras) ??
    sideOf(name, values) ??
    symbolOf(values) ??
    idOf(name, values) ??
    amountOf(name, values) ??
    none
  )
}

/** `create_time_ms` and `createTimeMs` are create, time, ms; a single letter keeps its case. */
function wordsOf(name: string): readonly string[] {
  if (name.length === 1) return [name]
  return (
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .split(/[^a-z]+/)
      // A letter among words is a unit, as the h of volume_24h.
      .filter((word) => word.length > 1)
  )
}

function namedBy(name: string, words: ReadonlySet<string>): boolean {
  return wordsOf(name).some((word) => words.has(word))
}

/** 2008 to 2049 in each unit: what lies between is no other unit's. */
const units: readonly (readonly [TimeUnit, scale: number])[] = [
  ['s', 1_000],
  ['ms', 1],
  ['µs', 1e-3],
  ['ns', 1e-6],
]
const earliest = Date.UTC(2008, 0)
const latest = Date.UTC(2050, 0)
const nearMs = 3 * 86_400_000

const timeWords = new Set('time timestamp ts t T E date created updated cts ct expires expiry ms'.split(' '))
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/

function timeOf(name: string, { texts, numbers }: SeenValues, eras: readonly number[]): RoleGuess | null {
  if (texts.length > 0 && numbers.length === 0 && texts.every((text) => isoTime.test(text))) {
    return { role: 'time', unit: 'ISO 8601', doubts: [] }
  }
  const all = [...texts, ...numbers]
  const told = all.map(Number).filter((value) => value !== 0)
  if (told.length === 0 || all.some((text) => !/^\d+(?:\.\d+)?$/.test(text))) return null
  const unit = units.find(([, scale]) => told.every((value) => value * scale >= earliest && value * scale < latest))
  if (unit === undefined) return null
  const [unitName, scale] = unit
  const isNamed = namedBy(name, timeWords)
  const isNear = (value: number): boolean => eras.some((era) => Math.abs(value * scale - era) < nearMs)
  if (!isNamed && !told.every(isNear)) return null
  const doubts = isNamed ? [] : ['Only its value looks like a time: its name does not.']
  if (told.length < all.length) doubts.push('It was 0 too, which may stand for none.')
  return { role: 'time', unit: unitName, doubts }
}

const sideTexts = /^(?:buy|sell|bid|ask|b|s|long|short)$/i
const sideNames = new Set(['side', 'T', 'S', 'd', 'direction'])

function sideOf(name: string, { texts, numbers }: SeenValues): RoleGuess | null {
  if (texts.length > 0 && numbers.length === 0) {
    if (!texts.every((text) => sideTexts.test(text))) return null
    return { role: 'side', unit: null, doubts: new Set(texts).size > 1 ? [] : ['Only one side was seen.'] }
  }
  const isSide = texts.length === 0 && sideNames.has(name) && numbers.every((digits) => /^[1-4]$/.test(digits))
  return isSide && numbers.length > 0
    ? { role: 'side', unit: null, doubts: ['It is a number: which is buy and which is sell the frames do not say.'] }
    : null
}

function symbolOf({ texts, numbers }: SeenValues): RoleGuess | null {
  if (numbers.length > 0 || texts.length === 0) return null
  const markets = texts.map(marketIn)
  if (markets.some((market) => market === null)) return null
  const isLonger = texts.some((text, place) => text !== markets[place])
  return { role: 'symbol', unit: null, doubts: isLonger ? ['It holds more than the market.'] : [] }
}

/** Of names that are given once. */
const nameWords = new Set('id oid uid uuid user'.split(' '))
/** Of numbers that rise. */
const sequenceWords = new Set('seq sequence version nonce'.split(' '))
const shortIds = new Set(['u', 'U', 'i', 'begin', 'end'])

function idOf(name: string, { texts, numbers }: SeenValues): RoleGuess | null {
  if (texts.length + numbers.length === 0) return null
  const last = wordsOf(name).at(-1) as string
  if (nameWords.has(last)) return { role: 'id', unit: null, doubts: [] }
  if (sequenceWords.has(last)) return { role: 'sequence', unit: null, doubts: [] }
  const isLong = [...texts, ...numbers].every((text) => /^\d{6,}$/.test(text))
  return isLong && shortIds.has(name)
    ? { role: 'sequence', unit: null, doubts: ['It is taken for a sequence because its numbers are large.'] }
    : null
}

const priceWords = new Set('price px last open high low close bid ask p o h l c b a'.split(' '))
const sizeWords = new Set('size qty quantity vol volume amount sz turnover v q s B A'.split(' '))
/** What says which of a few it is, or how many, whatever else its name says: `openType`. */
const kindWords = new Set('type mode state status code count num number scale unit times'.split(' '))
/** Money that is neither, be it whole now and then. */
const moneyWords = new Set('fee pnl profit margin balance bonus realised realized change rate'.split(' '))

function amountOf(name: string, { texts, numbers }: SeenValues): RoleGuess | null {
  const all = [...texts, ...numbers].filter((text) => text !== '')
  if (all.length === 0 || all.some((text) => !/^[+-]?\d/.test(text) || Number.isNaN(Number(text)))) return null
  if (namedBy(name, kindWords)) return null
  if (namedBy(name, moneyWords)) return { role: 'money', unit: null, doubts: [] }
  const doubts = name.length === 1 ? ['Its name is but a letter.'] : []
  if (namedBy(name, sizeWords)) return { role: 'size', unit: null, doubts }
  return namedBy(name, priceWords) ? { role: 'price', unit: null, doubts } : null
}
