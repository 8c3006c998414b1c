/** One record for the server to keep. */
export interface RecordToStore {
  readonly subject: string
  /** What the record is known by: the server keeps one with the same id once, within its duplicate window. */
  readonly id: string
  readonly payload: Uint8Array
  /** When it was received, epoch ms. */
  readonly receivedAt: number
}

/** Records of one subject that were given up because too much was waiting. */
export interface StoredLoss {
  readonly subject: string
  readonly count: number
  /** When the first and the last of them were received, epoch ms. */
  readonly from: number
  readonly to: number
}
