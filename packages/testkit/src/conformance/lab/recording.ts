/** One frame of a connection: `in` from the exchange, `out` to it. */
export interface RecordedFrame {
  readonly dir: 'in' | 'out'
  /** Text of a text frame, bytes of a binary one. */
  readonly content: string | Buffer
  /** Epoch ms. */
  readonly at: number
}

/** What went over one connection, in order. A parser of its own reads it from the beginning: what it means may depend on what came before. */
export interface Recording {
  readonly frames: readonly RecordedFrame[]
}
