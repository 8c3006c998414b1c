import type { DataMessage, Stream } from '@tapewire/core'
import type { JsonDeclaration, StreamTable } from '@tapewire/core/adapter'

/** How the pushes of one type are read, fast or by the reference: both fill the same shape, and one mapping makes the messages. */
export interface PushReader {
  /** What the pushes call themselves. */
  readonly type: string
  readonly declaration: JsonDeclaration
  /** For counting: the wire channel. */
  readonly wireChannel: string
  /** Whether these bytes are such a push in the usual form. */
  scan(bytes: Buffer, start: number, end: number): boolean
  /** The same of parsed JSON; what is wrong with it, or null. */
  load(value: unknown): string | null
  /** What was read, as messages; null where it names no stream that can be read. */
  compose(receivedAt: number): DataMessage | readonly DataMessage[] | null
  /** Where the stream of such a push is found by its symbol; null where that depends on what it does not say. */
  tableOf(push: { readonly interval?: unknown }): StreamTable | null
  /** The same of a push in bytes whose symbol ends at `symbolEnd`. */
  tableAt(bytes: Buffer, symbolEnd: number, end: number): StreamTable | null
}

/** The stream that a push in parsed form is about, for faults; null where it does not say. */
export function streamOfPush(reader: PushReader, push: unknown): Stream | null {
  if (typeof push !== 'object' || push === null) return null
  const { symbol, interval } = push as { symbol?: unknown; interval?: unknown }
  if (typeof symbol !== 'string') return null
  return reader.tableOf({ interval })?.of(symbol) ?? null
}
