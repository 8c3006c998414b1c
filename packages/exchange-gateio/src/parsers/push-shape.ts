import {
  type ConstantField,
  constant,
  type InboundFrame,
  type IntegerField,
  integer,
  type JsonDeclaration,
  type JsonOf,
  type JsonShape,
  jsonShape,
  type OptionalField,
  optional,
  type ParsedMessage,
  type SymbolTable,
} from '@tapewire/core'
import type { Fields } from './fields.js'
import { timeOfMilliseconds, timeOfSeconds } from './times.js'

/** A push as it is on the wire; in frames from before 2022 `time_ms` is absent. Source: Gate.io spot WebSocket v4 docs. */
export type PushDeclaration<Result extends JsonDeclaration = JsonDeclaration> = {
  readonly time: IntegerField
  readonly time_ms: OptionalField<IntegerField>
  readonly channel: ConstantField
  readonly event: ConstantField
  readonly result: Result
}

export type PushShape<Result extends JsonDeclaration> = JsonShape<PushDeclaration<Result>>

/** The fields of a push's `result`, by their declared names and not yet checked: what the reference decoder starts from. */
export type ResultFields<Shape extends { readonly declaration: PushDeclaration }> = Fields<
  keyof JsonOf<Shape['declaration']['result']> & string
>

/** The fast decoder of one channel's pushes. */
export interface FastPush {
  readonly shape: {
    readonly declaration: PushDeclaration
    scan(bytes: Buffer, start: number, end: number): boolean
  }
  /** The message of the frame that the shape scanned last; null where only the reference decoder can say what it means. */
  read(frame: InboundFrame, symbols: SymbolTable): ParsedMessage | null
}

/** Declares the pushes of a channel by their `result`, in the order of the wire. */
export function pushShape<const Result extends JsonDeclaration>(channel: string, result: Result): PushShape<Result> {
  return jsonShape({
    time: integer,
    time_ms: optional(integer),
    channel: constant(channel),
    event: constant('update'),
    result,
  })
}

/** When the server sent the push that was scanned last: what `envelopeTime` says of its JSON. */
export function pushTime<Result extends JsonDeclaration>(shape: PushShape<Result>): number | null {
  const { time, time_ms } = shape.slots
  return timeOfMilliseconds(shape.number(time_ms)) ?? timeOfSeconds(shape.number(time))
}
