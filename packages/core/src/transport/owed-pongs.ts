/** Pings that are each answered in one read of the socket; more of them than that are a burst. */
const maxPongsPerRead = 32

/** The payload of a ping has no more bytes than this; RFC 6455, section 5.5. */
const maxPingLength = 125

/** Where pongs go. */
export interface PongSender {
  /** False while the socket takes nothing more at once. */
  canSend(): boolean
  send(payload: Buffer): void
}

/**
 * Answers pings so that no server can have answers pile up: neither one that sends thousands at once nor one that does not read. Of a burst the latest ping is answered, for
 * all of them; RFC 6455, section 5.5.3, allows that.
 */
export class OwedPongs {
  readonly #sender: PongSender
  #sentInRead = 0
  /** The latest ping that has no answer yet, in memory of its own: that of the ping is used again. */
  readonly #payload: Buffer = Buffer.alloc(maxPingLength)
  #owedLength = -1

  constructor(sender: PongSender) {
    this.#sender = sender
  }

  onPing(payload: Buffer): void {
    if (this.#sentInRead < maxPongsPerRead && this.#sender.canSend()) {
      this.#sentInRead += 1
      this.#owedLength = -1
      this.#sender.send(payload)
    } else this.#owedLength = payload.copy(this.#payload)
  }

  /** A read of the socket is over, or it takes more again: what is owed is sent. */
  settle(): void {
    this.#sentInRead = 0
    if (this.#owedLength < 0 || !this.#sender.canSend()) return
    const length = this.#owedLength
    this.#owedLength = -1
    this.#sender.send(this.#payload.subarray(0, length))
  }
}
