/**
 * The words a JSON payload is declared with. A declaration is an object in the order of the wire, nested as the JSON is:
 *
 * ```ts
 * const ticker = jsonShape({ channel: constant('ticker'), data: { s: text, last: decimal, open: optional(decimal) } })
 * const trades = jsonShape({ channel: constant('trades'), trades: arrayOf(tuple({ id, price: decimal, size: decimal, side: choice('b', 's') })) })
 * ```
 *
 * The order, the quotes and the notation of numbers say what the fast reader takes; the reference decoder takes any.
 */

/** A whole number, not in quotes, of at most 15 digits; one with a sign only where it is declared so. */
export interface IntegerField {
  readonly kind: 'integer'
  readonly isSigned: boolean
}

/** An id: text in quotes, or a whole number without them. Kept as text, whatever its length. */
export interface IdField {
  readonly kind: 'id'
}

/** A decimal number, read as a number. */
export interface DecimalField {
  readonly kind: 'decimal'
  /** How it is sent: in quotes, without, or now so and now so. */
  readonly notation: 'quoted' | 'bare' | 'either'
  /** `""` stands for none. */
  readonly orEmpty: boolean
  /** By how many decimal places the number is smaller than what is written: 2 for percentages. */
  readonly shift: number
}

/** A decimal number, in quotes or without, whose digits are kept as they were sent. With `orEmpty`, `""` stands for none. */
export interface AmountField {
  readonly kind: 'amount'
  readonly orEmpty: boolean
}

/** Text in quotes, without escapes, ASCII. */
export interface TextField {
  readonly kind: 'text'
}

/** `true` or `false`. */
export interface FlagField {
  readonly kind: 'flag'
}

/** Always this text. */
export interface ConstantField<Text extends string = string> {
  readonly kind: 'constant'
  readonly text: Text
}

/** One of these texts; any other is a fault. */
export interface ChoiceField<Text extends string = string> {
  readonly kind: 'choice'
  readonly texts: readonly Text[]
}

/** One of these texts, or one that the exchange has added since. */
export interface OpenChoiceField<Text extends string = string> {
  readonly kind: 'openChoice'
  readonly texts: readonly Text[]
}

/** Book levels, in an array. */
export interface LevelsField {
  readonly kind: 'levels'
  /** The names of price and size where a level is an object of these two; null where it is an array that begins with them. */
  readonly names: readonly [price: string, size: string] | null
  readonly notation: 'quoted' | 'bare'
  /** Numbers behind the size that nobody reads. */
  readonly ignored: number
  /** Whether the digits are kept as they were sent, beside the numbers. */
  readonly keepsDigits: boolean
}

export type JsonField =
  | IntegerField
  | IdField
  | DecimalField
  | AmountField
  | TextField
  | FlagField
  | ConstantField
  | ChoiceField
  | OpenChoiceField
  | LevelsField

/** An array whose elements have names: `[18,"87500.1","b"]`. */
export interface TuplePart<Elements extends JsonDeclaration = JsonDeclaration> {
  readonly kind: 'tuple'
  readonly elements: Elements
}

/** An array of objects, or of tuples, all alike. */
export interface ListPart<Item extends JsonDeclaration | TuplePart = JsonDeclaration | TuplePart> {
  readonly kind: 'list'
  readonly item: Item
}

type RequiredPart = JsonField | TuplePart | ListPart | JsonDeclaration

/** What may be absent, key and all, or null. It cannot be the first of its object. */
export interface OptionalField<Part extends RequiredPart = RequiredPart> {
  readonly kind: 'optional'
  readonly part: Part
}

/** What is always there, but may be null. */
export interface NullableField<Part extends RequiredPart = RequiredPart> {
  readonly kind: 'nullable'
  readonly part: Part
}

export type JsonPart = RequiredPart | OptionalField | NullableField

/** A payload: its parts by name, in the order of the wire. */
export interface JsonDeclaration {
  readonly [name: string]: JsonPart
}

export const integer: IntegerField = { kind: 'integer', isSigned: false }
export const signedInteger: IntegerField = { kind: 'integer', isSigned: true }
export const id: IdField = { kind: 'id' }
/** `"0.5"` */
export const decimal: DecimalField = { kind: 'decimal', notation: 'quoted', orEmpty: false, shift: 0 }
/** `"0.5"`, or `""` for none. */
export const decimalOrEmpty: DecimalField = { ...decimal, orEmpty: true }
/** `0.5`, without quotes. */
export const decimalNumber: DecimalField = { ...decimal, notation: 'bare' }
/** `"0.5"` or `0.5`. */
export const decimalEither: DecimalField = { ...decimal, notation: 'either' }
/** `"-0.52"`, or `""` for none, read as the fraction -0.0052. The point is moved before the number is rounded: dividing it by 100 would round twice. */
export const percentage: DecimalField = { ...decimal, orEmpty: true, shift: 2 }
/** `"0.50"` or `0.50`, kept as text: for what someone owns. */
export const amount: AmountField = { kind: 'amount', orEmpty: false }
export const amountOrEmpty: AmountField = { kind: 'amount', orEmpty: true }
export const text: TextField = { kind: 'text' }
export const flag: FlagField = { kind: 'flag' }
/** `[["price","size"],…]` */
export const priceLevels: LevelsField = {
  kind: 'levels',
  names: null,
  notation: 'quoted',
  ignored: 0,
  keepsDigits: false,
}

/** Book levels in another form: `[{"p":"87501.5","s":"2"}]` with `names: ['p', 's']`, `[[87501.5,3446,2]]` with `notation: 'bare', ignored: 1`. */
export function priceLevelsOf(form: Partial<Omit<LevelsField, 'kind'>>): LevelsField {
  return { ...priceLevels, ...form }
}

export function constant<const Text extends string>(value: Text): ConstantField<Text> {
  return { kind: 'constant', text: value }
}

export function choice<const Text extends string>(...texts: readonly Text[]): ChoiceField<Text> {
  return { kind: 'choice', texts }
}

/** For what may grow: an unknown text is read as the index behind the last, and can be asked for. */
export function choiceOrOther<const Text extends string>(...texts: readonly Text[]): OpenChoiceField<Text> {
  return { kind: 'openChoice', texts }
}

export function tuple<const Elements extends JsonDeclaration>(elements: Elements): TuplePart<Elements> {
  return { kind: 'tuple', elements }
}

export function arrayOf<const Item extends JsonDeclaration | TuplePart>(item: Item): ListPart<Item> {
  return { kind: 'list', item }
}

export function optional<const Part extends RequiredPart>(part: Part): OptionalField<Part> {
  return { kind: 'optional', part }
}

export function nullable<const Part extends RequiredPart>(part: Part): NullableField<Part> {
  return { kind: 'nullable', part }
}
