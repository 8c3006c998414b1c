/**
 * The words a protobuf message is declared with, by field number:
 *
 * ```ts
 * const ticker = protoShape({ bid: protoDecimal(1), ask: protoDecimal(2), version: protoDecimal(5), time: protoInteger(6) })
 * ```
 *
 * Fields may come in any order, absent ones have their default, unknown ones are skipped: as the wire format wants it.
 */

/** A `string` field that holds a decimal number. Absent or empty is NaN. */
export interface ProtoDecimalField {
  readonly kind: 'decimal'
  readonly number: number
}

/** A varint field (`int32`, `int64`, `bool`), read as a number. Absent is 0; beyond 2^53 the message is left to the reference decoder. */
export interface ProtoIntegerField {
  readonly kind: 'integer'
  readonly number: number
}

/** A `string` or `bytes` field, or one message: its window. Absent is empty. */
export interface ProtoWindowField {
  readonly kind: 'window'
  readonly number: number
}

/** A repeated message: the window of each. */
export interface ProtoRepeatedField {
  readonly kind: 'repeated'
  readonly number: number
}

export type ProtoField = ProtoDecimalField | ProtoIntegerField | ProtoWindowField | ProtoRepeatedField

export interface ProtoDeclaration {
  readonly [name: string]: ProtoField
}

export function protoDecimal(number: number): ProtoDecimalField {
  return { kind: 'decimal', number }
}

export function protoInteger(number: number): ProtoIntegerField {
  return { kind: 'integer', number }
}

export function protoWindow(number: number): ProtoWindowField {
  return { kind: 'window', number }
}

export function protoRepeated(number: number): ProtoRepeatedField {
  return { kind: 'repeated', number }
}
