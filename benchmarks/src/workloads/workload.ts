import type { Channel } from '@tapewire/core'

export type Venue = 'gateio' | 'mexc'

/** Frames of one stream, in order; sent over and over. */
export interface LoadStream {
  /** Sent to clients whose requests contain this; null for every client. */
  readonly key: string | null
  readonly contents: readonly (string | Buffer)[]
  /** What reading each frame must yield: see `reference-values.ts`. */
  readonly values: readonly number[]
  /**
   * What an update id follows, where ids must go on from one time through the frames to the next: `"u":`. The number of frames is then a multiple of 1,000,
   * which keeps their values.
   */
  readonly idMarks?: readonly string[]
}

/** What an exchange sends in a scenario, and what a client asks for to get it. */
export interface Workload {
  readonly venue: Venue
  /** `205-byte frames of spot.book_ticker`, for the report. */
  readonly title: string
  readonly channels: readonly Channel[]
  /** `BTC/USDT` */
  readonly symbols: readonly string[]
  readonly streams: readonly LoadStream[]
  /** Whether the question is about a book that is kept, or about the messages alone. */
  readonly keepsBook: boolean
  /** Of a book that starts from REST: the update id before that of the first frame, which fills the book. */
  readonly restSequence?: number
}

/** Mean size of a frame's payload, bytes. */
export function meanBytes(contents: readonly (string | Buffer)[]): number {
  const total = contents.reduce((sum, content) => sum + Buffer.byteLength(content), 0)
  return Math.round(total / contents.length)
}
