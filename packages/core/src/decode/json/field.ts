/**
 * The words a JSON payload is declared with. A declaration is an object in the order of the wire, nested as the JSON is:
 *
 * ```ts
 * const ticker = jsonShape({ channel: constant('ticker'), data: { s: text, last: decimal, open: optional(decimal) } })
 * ```
 */

/** A whole number without a sign, not in quotes, of at most 15 digits. */
export interface IntegerField {
  readonly kind: 'integer'
}

/** A decimal number in quotes, read as a number. With `orEmpty`, `""` stands for none. */
export interface DecimalField {
  readonly kind: 'decimal'
  readonly orEmpty: boolean
  /** By how many decimal places the number is smaller than what is written: 2 for percentages. */
  readonly shift: number
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

/** One of these texts. */
export interface ChoiceField<Text extends string = string> {
  readonly kind: 'choice'
  readonly texts: readonly Text[]
}

/** Book levels: `[["price","size"],…]`. */
export interface LevelsField {
  readonly kind: 'levels'
}

export type JsonField = IntegerField | DecimalField | TextField | FlagField | ConstantField | ChoiceField | LevelsField

/** A field that may be absent, key and all. It cannot be the first of its object. */
export interface OptionalField<Field extends JsonField = JsonField> {
  readonly kind: 'optional'
  readonly field: Field
}

/** A payload: fields by name, in the order of the wire. */
export interface JsonDeclaration {
  readonly [name: string]: JsonField | OptionalField | JsonDeclaration
}

export const integer: IntegerField = { kind: 'integer' }
export const decimal: DecimalField = { kind: 'decimal', orEmpty: false, shift: 0 }
export const decimalOrEmpty: DecimalField = { kind: 'decimal', orEmpty: true, shift: 0 }
/** `"-0.52"`, or `""` for none, read as the fraction -0.0052. The point is moved before the number is rounded: dividing it by 100 would round twice. */
export const percentage: DecimalField = { kind: 'decimal', orEmpty: true, shift: 2 }
export const text: TextField = { kind: 'text' }
export const flag: FlagField = { kind: 'flag' }
export const priceLevels: LevelsField = { kind: 'levels' }

export function constant<const Text extends string>(value: Text): ConstantField<Text> {
  return { kind: 'constant', text: value }
}

export function choice<const Text extends string>(...texts: readonly Text[]): ChoiceField<Text> {
  return { kind: 'choice', texts }
}

export function optional<Field extends JsonField>(field: Field): OptionalField<Field> {
  return { kind: 'optional', field }
}

/** Whether a part of a declaration is a field, and not a nested object. */
export function isField(part: JsonField | OptionalField | JsonDeclaration): part is JsonField | OptionalField {
  return typeof part.kind === 'string'
}

type JsonOfField<Field> = Field extends IntegerField
  ? number
  : Field extends DecimalField | TextField
    ? string
    : Field extends FlagField
      ? boolean
      : Field extends ConstantField<infer Text>
        ? Text
        : Field extends ChoiceField<infer Text>
          ? Text
          : Field extends LevelsField
            ? readonly (readonly [price: string, size: string])[]
            : never

type OptionalNames<Declaration> = {
  [Name in keyof Declaration]: Declaration[Name] extends OptionalField ? Name : never
}[keyof Declaration]

/** The JSON a declaration describes, as the reference decoder reads it. */
export type JsonOf<Declaration> = {
  readonly [Name in Exclude<keyof Declaration, OptionalNames<Declaration>>]: Declaration[Name] extends JsonField
    ? JsonOfField<Declaration[Name]>
    : JsonOf<Declaration[Name]>
} & {
  readonly [Name in OptionalNames<Declaration>]?: Declaration[Name] extends OptionalField<infer Field>
    ? JsonOfField<Field>
    : never
}
