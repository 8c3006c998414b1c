import type { Stream } from '@tapewire/core'
import {
  type IntegerField,
  integer,
  type JsonDeclaration,
  type JsonShape,
  jsonShape,
  type ParsedMessage,
  type TextField,
  text,
  unknownMessage,
} from '@tapewire/core/adapter'

/** A push as it is on the wire: `{"stream":"trades:BTC_USDT","time":1767225600123,"data":{…}}`. */
export type PushShape<Data extends JsonDeclaration> = JsonShape<{
  readonly stream: TextField
  readonly time: IntegerField
  readonly data: Data
}>

/** How the pushes of one channel are read. */
export interface PushReader {
  readonly shape: Pick<JsonShape<JsonDeclaration>, 'declaration' | 'scan' | 'load'>
  /** The message of the push that the shape has read last. */
  compose(stream: Stream, receivedAt: number): ParsedMessage
}

/** Declares the pushes of a channel by their `data`, in the order of the wire. */
export function pushShape<const Data extends JsonDeclaration>(data: Data): PushShape<Data> {
  return jsonShape({ stream: text, time: integer, data })
}

/** Stands in for a shape that nobody has declared yet: what every push has. */
export const undeclared: PushReader['shape'] = jsonShape({ stream: text, time: integer })

/** What becomes of a push that nobody reads yet. `file` is where that is to be written. */
export function unread(stream: Stream, receivedAt: number, file: string): ParsedMessage {
  return unknownMessage(receivedAt, `${file} does not read ${stream.wireChannel} yet.`)
}
