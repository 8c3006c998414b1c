/**
 * The words a protobuf message is declared with, by field number:
 *
 * ```ts
 * const ticker = protoShape({ bid: protoDecimal(1), ask: protoDecimal(2), version: protoDigits(5), time: protoInteger(6) })
 * ```
 *
 * Fields may come in any order, absent ones have their default, unknown ones are skipped: as the wire format wants it. So declare every field that the
 * reference decoder knows, read or not, by the name that it has there: only a declared one is checked.
 */

/** A `string` field that holds a decimal number, without an exponent. Absent or empty is NaN. */
export interface ProtoDecimalField {
  readonly kind: 'decimal'
  readonly number: number
}

/** A `string` field that holds a decimal number whose digits are kept as they were sent: for what someone owns. Absent or empty is none. */
export interface ProtoAmountField {
  readonly kind: 'amount'
  readonly number: number
  /** Whether text that is no decimal number is none too, or a fault. */
  readonly orNone: boolean
}

/** A `string` field that holds a whole number of at most 15 digits. Absent or empty is NaN. */
export interface ProtoDigitsField {
  readonly kind: 'digits'
  readonly number: number
}

/** A varint field of 64 bits, or a `bool`, read as a number. Absent is 0; beyond 2^53 the message is left to the reference decoder. */
export interface ProtoIntegerField {
  readonly kind: 'integer'
  readonly number: number
  readonly usual: readonly number[]
}

/** A varint field of 32 bits (`int32`). Absent is 0; what is negative, or more than 32 bits can say, is left to the reference decoder, which cuts it off. */
export interface ProtoInt32Field {
  readonly kind: 'int32'
  readonly number: number
  readonly usual: readonly number[]
}

/** A `string` field, checked to be UTF-8. Absent is empty. */
export interface ProtoTextField {
  readonly kind: 'text'
  readonly number: number
  readonly usual: readonly string[]
}

/** One message: its window. */
export interface ProtoMessageField<Inner extends ProtoDeclaration = ProtoDeclaration> {
  readonly kind: 'message'
  readonly number: number
  readonly inner: Inner
}

/** One message at most, of the kind its field number says: those from `number` to `last`. */
export interface ProtoOneOfField {
  readonly kind: 'oneOf'
  readonly number: number
  readonly last: number
  readonly cases: Readonly<Record<string, number>>
}

/** A repeated message: the window of each. */
export interface ProtoRepeatedField<Inner extends ProtoDeclaration = ProtoDeclaration> {
  readonly kind: 'repeated'
  readonly number: number
  readonly inner: Inner
}

/** Book levels as most protobuf feeds have them: a repeated message with the price as decimal text in field 1 and the size in field 2. */
export interface ProtoLevelsField {
  readonly kind: 'levels'
  readonly number: number
  readonly names: readonly [price: string, size: string]
}

export type ProtoField =
  | ProtoDecimalField
  | ProtoAmountField
  | ProtoDigitsField
  | ProtoIntegerField
  | ProtoInt32Field
  | ProtoTextField
  | ProtoMessageField
  | ProtoOneOfField
  | ProtoRepeatedField
  | ProtoLevelsField

export interface ProtoDeclaration {
  readonly [name: string]: ProtoField
}

export function protoDecimal(number: number): ProtoDecimalField {
  return { kind: 'decimal', number }
}

export function protoAmount(number: number): ProtoAmountField {
  return { kind: 'amount', number, orNone: false }
}

/** For messages that matter more than any one of their fields: what is no decimal number is none. */
export function protoAmountOrNone(number: number): ProtoAmountField {
  return { kind: 'amount', number, orNone: true }
}

export function protoDigits(number: number): ProtoDigitsField {
  return { kind: 'digits', number }
}

/** `usual` values are what samples are mostly made of; the reader takes any. */
export function protoInteger(number: number, ...usual: readonly number[]): ProtoIntegerField {
  return { kind: 'integer', number, usual }
}

/** `usual` values are what samples are mostly made of; the reader takes any. */
export function protoInt32(number: number, ...usual: readonly number[]): ProtoInt32Field {
  return { kind: 'int32', number, usual }
}

/** `usual` texts are what samples are mostly made of; the reader takes any. */
export function protoText(number: number, ...usual: readonly string[]): ProtoTextField {
  return { kind: 'text', number, usual }
}

export function protoMessage<const Inner extends ProtoDeclaration>(
  number: number,
  inner: Inner,
): ProtoMessageField<Inner> {
  return { kind: 'message', number, inner }
}

/** `cases` are the field numbers by the names that the library's message has them by, as `$case`. */
export function protoOneOf(first: number, last: number, cases: Readonly<Record<string, number>> = {}): ProtoOneOfField {
  return { kind: 'oneOf', number: first, last, cases }
}

export function protoRepeated<const Inner extends ProtoDeclaration>(
  number: number,
  inner: Inner,
): ProtoRepeatedField<Inner> {
  return { kind: 'repeated', number, inner }
}

/** `price` and `size` are what the library's message calls the fields of a level. */
export function protoLevels(number: number, price = 'price', size = 'quantity'): ProtoLevelsField {
  return { kind: 'levels', number, names: [price, size] }
}

/** A message as a protobuf library decodes it: generated code must have the declared names. */
export type ProtoOf<Declaration> = { readonly [Name in keyof Declaration]: unknown }
