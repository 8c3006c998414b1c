/** What every payload's normalisation needs to know of the push around it. */
export interface PushOrigin {
  /** The channel string of the push: what was subscribed to, and the id of the stream. */
  readonly wireChannel: string
  /** When the exchange sent it, epoch ms; for klines, when it was created. */
  readonly exchangeTime: number | null
  readonly receivedAt: number
}
