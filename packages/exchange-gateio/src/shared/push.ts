import type { Instrument, Stream } from '@tapewire/core'
import {
  type ConstantField,
  constant,
  type IntegerField,
  integer,
  type JsonDeclaration,
  type JsonShape,
  jsonShape,
  malformedFrame,
  type OptionalField,
  optional,
  type ParsedMessage,
  type StreamTable,
} from '@tapewire/core/adapter'
import {
  envelopeTime,
  type Fields,
  isFields,
  numberOf,
  optionalText,
  timeOf,
  timeOfMilliseconds,
  wholeTime,
} from './fields.js'

/** A push as it is on the wire; in frames from before 2022 `time_ms` is absent. Source: Gate.io spot WebSocket v4 docs. */
export type PushDeclaration<Result extends JsonDeclaration = JsonDeclaration> = {
  readonly time: IntegerField
  readonly time_ms: OptionalField<IntegerField>
  readonly channel: ConstantField
  readonly event: ConstantField
  readonly result: Result
}

export type PushShape<Result extends JsonDeclaration> = JsonShape<PushDeclaration<Result>>

/** How the pushes of one public wire channel are read. */
export interface PushReader {
  readonly shape: Pick<JsonShape<PushDeclaration>, 'declaration' | 'scan' | 'load'>
  /** The field of `result` that names the stream. */
  readonly streamField: string
  /** Fields of `result` that are declared because the wire has them and that nobody reads: whatever they hold, it is no fault. */
  readonly unread: readonly string[]
  /** The times of a `result` as they are declared, whatever they are on the wire. One that cannot be read is null, and costs nothing else of the push. */
  readonly times: (result: Fields) => Fields
  /** The message of the push that the shape has read last, or why there is none. */
  compose(streams: StreamTable, receivedAt: number): ParsedMessage | string
}

/** How the pushes of one account channel are read: lists of rows that may mix markets. */
export interface AccountReader {
  readonly wireChannel: string
  /** A row that cannot be read becomes an ERROR, and takes no other with it. */
  read(rows: readonly unknown[], context: AccountContext): readonly ParsedMessage[]
}

/** What an account push is read with. */
export interface AccountContext {
  /** The channel's streams by market: that of the market where it was asked for alone, the account's otherwise. */
  readonly streams: StreamTable
  /** The market a wire symbol spells; null where it cannot be read. */
  readonly instrumentOf: (wireSymbol: string) => Instrument | null
  /** When the server sent the frame, epoch ms; null where it does not say. */
  readonly sentAt: number | null
  readonly receivedAt: number
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

/** When the server sent the push that was read last, epoch ms; null where it does not say. */
export function pushTime<Result extends JsonDeclaration>(shape: PushShape<Result>): number | null {
  const { time, time_ms } = shape.slots
  return timeOf(shape.number(time_ms), shape.number(time))
}

/**
 * Reads a push from parsed JSON: null, or what is wrong with its `result`. Of the envelope only the time is looked at, and need not be there: pushes of `spot.obu`
 * may leave the event out, and `spot.trades_v2` has the shape of `spot.trades`.
 */
export function loadPush({ shape, unread, times }: PushReader, envelope: Fields): string | null {
  const { channel, event } = shape.declaration
  const { result } = envelope
  const nothing = Object.fromEntries(unread.map((name) => [name, null]))
  return shape.load({
    time: 0,
    time_ms: wholeTime(envelopeTime(envelope)),
    channel: channel.text,
    event: event.text,
    result: isFields(result) ? { ...result, ...nothing, ...times(result) } : result,
  })
}

/** Of a `result` that has no time, or one that may be any number. */
export function noTimes(): Fields {
  return {}
}

/** Of a `result` whose `t` is in milliseconds. */
export function timesOfT({ t }: Fields): Fields {
  return { t: wholeTime(timeOfMilliseconds(numberOf(t))) }
}

/** Why a push without a stream is none. */
export function notAMarket(wireSymbol: string | null): string {
  return `${JSON.stringify((wireSymbol ?? '').slice(0, 40))} is not a market`
}

/** What a row of an account push is about. */
export interface RowOrigin {
  readonly stream: Stream
  readonly instrument: Instrument
}

/**
 * The message of one row: what `compose` makes of it, or an ERROR where it says why there is none, of the stream where the row names its market. Rows of an
 * account are read field by field and not as a shape: what cannot be read of them is null, and takes nothing else with it.
 */
export function rowMessage(
  wireChannel: string,
  row: unknown,
  context: AccountContext,
  compose: (row: Fields, origin: RowOrigin) => ParsedMessage | string,
): ParsedMessage {
  const fields = isFields(row) ? row : {}
  const wireSymbol = optionalText(fields.currency_pair)
  const origin = wireSymbol === null ? null : originOf(wireSymbol, context)
  const message = origin === null ? notAMarket(wireSymbol) : compose(fields, origin)
  if (typeof message !== 'string') return message
  const stream = origin?.stream ?? null
  return malformedFrame(context.receivedAt, `${wireChannel}: ${message}.`, { wireChannel, stream })
}

function originOf(wireSymbol: string, { streams, instrumentOf }: AccountContext): RowOrigin | null {
  const stream = streams.of(wireSymbol)
  const instrument = stream?.instrument ?? instrumentOf(wireSymbol)
  return stream === null || instrument === null ? null : { stream, instrument }
}
