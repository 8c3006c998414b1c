import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, StreamError, type Timer } from '@tapewire/core'

/** After so many bytes NATS is asked whether it has them, whenever that is. */
const askEveryBytes = 1024 * 1024

/** So often in a row NATS may be found not to have answered. */
const mostMissed = 3

/** NATS is asked once a beat, and no more or less often than so, ms: a busy machine is no cut line. */
const [leastAskMs, longestAskMs] = [700, 5_000]

/** How often NATS is asked, ms, where relays and consumers hear of each other once a `beatIntervalMs`. */
export function askIntervalOf(beatIntervalMs: number): number {
  return Math.min(longestAskMs, Math.max(leastAskMs, beatIntervalMs))
}

/** What a connection ends of on which NATS is asked so often and does not answer. */
export function unanswered(askIntervalMs: number): StreamError {
  const message = `NATS did not answer for ${Math.round(mostMissed * askIntervalMs)} ms.`
  return new StreamError('ERR_CONNECTION_TIMEOUT', message, {
    hint: 'The network to the nats-server may be cut, or the server stands still. It is tried again by itself.',
  })
}

export interface ReceiptsParts {
  readonly connection: NatsConnection
  readonly clock: Clock
  /** How often NATS is asked, and looked whether it has answered, ms. */
  readonly intervalMs: number
  /** NATS has everything up to what was numbered so. */
  onConfirmed(number: number): void
  /** It answers nothing any more. */
  onSilent(): void
}

/** What NATS says it has of what was sent over one connection, and whether it says anything. A ping is answered once everything before it was read. */
export class Receipts {
  readonly #parts: ReceiptsParts
  #timer: Timer | null = null
  #number = 0
  #unconfirmedBytes = 0
  #sinceAskedBytes = 0
  /** Pings that were not answered yet. */
  #asked = 0
  #missed = 0
  #isEnded = false

  constructor(parts: ReceiptsParts) {
    this.#parts = parts
    this.#schedule()
  }

  get unconfirmedBytes(): number {
    return this.#unconfirmedBytes
  }

  /** So many bytes were sent, numbered so; numbers grow. */
  sent(bytes: number, number: number): void {
    this.#number = number
    this.#unconfirmedBytes += bytes
    this.#sinceAskedBytes += bytes
    if (this.#sinceAskedBytes >= askEveryBytes) this.#ask()
  }

  /** The connection is over. */
  end(): void {
    this.#isEnded = true
    this.#timer?.cancel()
  }

  #schedule(): void {
    const { clock, intervalMs, onSilent } = this.#parts
    this.#timer = clock.setTimer(intervalMs, () => {
      this.#schedule()
      // Counted and not timed: a process that was kept from its work has not read the answers that are there.
      if (this.#asked === 0) this.#ask()
      else if (this.#missed + 1 < mostMissed) this.#missed += 1
      else {
        this.end()
        onSilent()
      }
    })
  }

  #ask(): void {
    const [number, bytes] = [this.#number, this.#sinceAskedBytes]
    this.#sinceAskedBytes = 0
    this.#asked += 1
    const onAnswer = (): void => {
      this.#asked -= 1
      this.#missed = 0
      if (this.#isEnded) return
      this.#unconfirmedBytes -= bytes
      this.#parts.onConfirmed(number)
    }
    this.#parts.connection.flush().then(onAnswer, () => {})
  }
}
