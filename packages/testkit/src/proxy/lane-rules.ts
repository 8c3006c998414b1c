/** How a connection ends after so many bytes: with a FIN, with an RST, or silently, as where the network is gone and nobody is told. */
export type CutKind = 'end' | 'reset' | 'half-open'

/** What is done to the bytes that go one way. */
export interface LaneRules {
  /** Everything is lost, the end of the connection too. A connection to which this was done once stays so. */
  readonly isLost: boolean
  /** Everything is kept until this is over, the end of the connection too. */
  readonly isStalled: boolean
  /** How long each byte is on its way, ms. */
  readonly latencyMs: number
  /** How much longer it may be at random, ms; order is kept. */
  readonly jitterMs: number
  readonly bytesPerSecond: number
  /** Most bytes in one write, each of which has a turn of the event loop to itself; `isRandom`: from 1 to that many. Null: as they come. */
  readonly pieces: { readonly bytes: number; readonly isRandom: boolean } | null
  /** Ends the connection once so many more bytes have passed. */
  readonly cut: { readonly afterBytes: number; readonly how: CutKind } | null
  /** Inverts the byte behind so many more. */
  readonly corruptAfterBytes: number | null
}

/** A link to which nothing is done. */
export const healthy: LaneRules = {
  isLost: false,
  isStalled: false,
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  pieces: null,
  cut: null,
  corruptAfterBytes: null,
}
