/** Until when streams of a connection were whole, which is lost or has lost something, epoch ms by our clock. */
export interface WholeUntil {
  /** The streams were whole up to the last message that had been received by then; null where they were up to the last that came at all. */
  readonly received: number | null
  /** What the exchange had sent by then has been received, however long it took. */
  readonly sent: number
}
