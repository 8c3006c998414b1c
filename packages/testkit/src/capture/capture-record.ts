import type { FlatLevels } from '@tapewire/core'

/** One WebSocket frame of a capture. */
export interface CaptureFrame {
  readonly kind: 'frame'
  /** Its line in the file, 1 for the first; 0 where it was made in memory. */
  readonly line: number
  /** When it was received or sent, epoch ms; null where the source did not say. */
  readonly t: number | null
  /** `in` from the exchange, `out` to it. */
  readonly dir: 'in' | 'out'
  readonly url: string | null
  /** Text of a text frame, bytes of a binary one. */
  readonly content: string | Buffer
}

/** One REST answer of a capture. */
export interface CaptureResponse {
  readonly kind: 'response'
  readonly line: number
  readonly t: number | null
  readonly url: string | null
  readonly status: number
  /** The raw text. */
  readonly body: string
}

export type CaptureRecord = CaptureFrame | CaptureResponse

/** An order book as it was before the first frame: what the updates of a recording that began in the middle are to be applied to. */
export interface CaptureBook {
  /** Its line in the file, 1 for the first; 0 where it was made in memory. */
  readonly line: number
  /** When it was so, epoch ms. */
  readonly t: number | null
  /** `BTC/USDT`. */
  readonly symbol: string
  /** The exchange's id of the last update that is in it. */
  readonly sequence: number
  readonly bids: FlatLevels
  readonly asks: FlatLevels
}

/** A whole capture, in file order. */
export interface Capture {
  readonly frames: readonly CaptureFrame[]
  readonly responses: readonly CaptureResponse[]
  /** Those it begins with; empty where it was recorded from the beginning. */
  readonly books: readonly CaptureBook[]
}
