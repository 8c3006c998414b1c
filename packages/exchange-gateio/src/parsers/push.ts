import type { Instrument, ParsedMessage, SymbolTable } from '@tapewire/core'
import { FieldFault, type Fields, text } from './fields.js'

/** What a payload's decoder is told beyond the payload. */
export interface PushContext {
  readonly symbols: SymbolTable
  /** When the server sent the frame, epoch ms; null where it does not say. */
  readonly sentAt: number | null
  readonly receivedAt: number
}

/** Reads the `result` of one channel's push from parsed JSON: the reference. Throws a `FieldFault` where a field it needs is missing or mistyped. */
export type PushDecoder = (result: unknown, context: PushContext) => ParsedMessage | readonly ParsedMessage[]

/** The pair a field names. */
export function pairField<Name extends string>(fields: Fields<Name>, name: Name, symbols: SymbolTable): Instrument {
  return pairOf(text(fields, name), symbols)
}

/** The pair a wire symbol spells, or a `FieldFault`. */
export function pairOf(wireSymbol: string, symbols: SymbolTable): Instrument {
  const pair = symbols.pairOf(wireSymbol)
  if (pair === null) throw new FieldFault(`${JSON.stringify(wireSymbol.slice(0, 40))} is not a market`)
  return pair
}
