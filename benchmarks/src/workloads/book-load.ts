/** A whole book: what REST answers. */
export interface BookImage {
  /** `BTC/USDT` */
  readonly symbol: string
  readonly sequence: number
  /** Flat, best first: made before the measurement, so that loading it leaves little behind. */
  readonly bids: readonly number[]
  readonly asks: readonly number[]
}

/** One frame's payload among those that were read with it, as a socket's chunks hold them. */
export interface FrameWindow {
  readonly chunk: Buffer
  readonly start: number
  readonly end: number
}

/** Books, and frames that change them: each follows on what came before it, and the first on the last once they are advanced. */
export interface BookLoad {
  /** `327 bytes a frame, …`, for the report. */
  readonly title: string
  readonly images: readonly BookImage[]
  readonly frames: readonly FrameWindow[]
  /** The best prices after each frame added up in their order: of the first time through the frames, and of every later one. */
  readonly firstSum: number
  readonly laterSum: number
  /** Writes the update ids of the next time through into the frames. */
  advance(): void
}
