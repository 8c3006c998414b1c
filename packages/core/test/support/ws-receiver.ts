import { isUtf8 } from 'node:buffer'
import type { Writable } from 'node:stream'
import * as ws from 'ws'
import type { WalkerLimits } from '../../src/transport/walker/frame-walker.js'

/** The `ws` package's own receiver, which its type declarations leave out. */
type Receiver = Writable & { _write(chunk: Buffer, encoding: null, done: (error?: Error) => void): void }
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: Record<string, unknown>) => Receiver
}

/** What a receiver made of a stream: what it delivered, in order, and how it ended. */
export interface Verdict {
  readonly delivered: readonly string[]
  /** The close frame's code and reason, the code that a violation is answered with, or null where the stream just stops. */
  readonly end: string | null
}

/** What `ws` makes of the chunks, with the UTF-8 of text unchecked and that of close reasons checked. */
export function wsVerdict(chunks: readonly Buffer[], { maxPayloadBytes, maxFragments }: WalkerLimits): Verdict {
  const receiver = new Receiver({ maxPayload: maxPayloadBytes, maxFragments, skipUTF8Validation: true })
  const delivered: string[] = []
  let end: string | null = null
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    delivered.push((isBinary ? 'binary ' : 'text ') + data.toString('latin1'))
  })
  receiver.on('ping', (data: Buffer) => delivered.push(`ping ${data.toString('latin1')}`))
  receiver.on('pong', () => delivered.push('pong'))
  receiver.on('conclude', (code: number, reason: Buffer) => {
    end = isUtf8(reason) ? `close ${code} ${reason}` : 'violation 1007'
  })
  for (const chunk of chunks) {
    if (end !== null) break
    // Past the stream's own queue, so that the verdict is there when the call returns.
    receiver._write(chunk, null, (error) => {
      if (error !== undefined) end = `violation ${statusOf(error)}`
    })
  }
  return { delivered, end }
}

/** `ws` keeps the close code of an error under a symbol of its own. */
function statusOf(error: Error): unknown {
  const [symbol] = Object.getOwnPropertySymbols(error)
  return symbol === undefined ? undefined : (error as unknown as Record<symbol, unknown>)[symbol]
}
