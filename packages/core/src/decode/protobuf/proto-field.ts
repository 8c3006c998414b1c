/**
 * The words a protobuf message is declared with, by field number:
 *
 * ```ts
 * const ticker = protoShape({ bid: protoDecimal(1), ask: protoDecimal(2), version: protoDigits(5), time: protoInteger(6) })
 * ```
 *
 * Fields may come in any order, absent ones have their default, unknown ones are skipped: as the wire format wants it. So declare every field that the
 * reference decoder knows, read or not: only a declared one is checked.
 */

/** A `string` field that holds a decimal number, without an exponent. Absent or empty is NaN. */
export interface ProtoDecimalField {
  readonly kind: 'decimal'
  readonly number: number
}

/** A `string` field that holds a whole number of at most 15 digits. Absent or empty is NaN. */
export interface ProtoDigitsField {
  readonly kind: 'digits'
  readonly number: number
}

/** A varint field (`int32`, `int64`, `bool`), read as a number. Absent is 0; beyond 2^53 the message is left to the reference decoder. */
export interface ProtoIntegerField {
  readonly kind: 'integer'
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
}

export type ProtoField =
  | ProtoDecimalField
  | ProtoDigitsField
  | ProtoIntegerField
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

export function protoDigits(number: number): ProtoDigitsField {
  return { kind: 'digits', number }
}

/** `usual` values are what samples are mostly made of; the reader takes any. */
export function protoInteger(number: number, ...usual: readonly number[]): ProtoIntegerField {
  return { kind: 'integer', number, usual }
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

export function protoOneOf(first: number, last: number): ProtoOneOfField {
  return { kind: 'oneOf', number: first, last }
}

export function protoRepeated<const Inner extends ProtoDeclaration>(
  number: number,
  inner: Inner,
): ProtoRepeatedField<Inner> {
  return { kind: 'repeated', number, inner }
}

export function protoLevels(number: number): ProtoLevelsField {
  return { kind: 'levels', number }
}

type ProtoOfField<Field> = Field extends ProtoIntegerField
  ? number
  : Field extends ProtoDecimalField | ProtoDigitsField | ProtoTextField
    ? string
    : Field extends ProtoMessageField<infer Inner>
      ? ProtoOf<Inner> | undefined
      : Field extends ProtoRepeatedField<infer Inner>
        ? readonly ProtoOf<Inner>[]
        : Field extends ProtoLevelsField
          ? readonly object[]
          : unknown

/** The message a declaration describes, as the reference decoder reads it; a field that was not sent has its default. */
export type ProtoOf<Declaration> = { readonly [Name in keyof Declaration]: ProtoOfField<Declaration[Name]> }

/** The highest number that belongs to a field. */
export function lastNumberOf(field: ProtoField): number {
  return field.kind === 'oneOf' ? field.last : field.number
}
