import type { HopMeter } from '../hop-meter.js'

/** Whose frames may have to wait. */
export interface Follower {
  /** One message that was published on its subject; `receivedAt` by the consumer's clock, epoch ms. Ignored by one that has ended. */
  judge(payload: Uint8Array, receivedAt: number): void
  /** What comes after this is not what follows on to what came before. Ignored as well. */
  fault(reason: string): void
}

/** What arrived while nothing was to be read. */
interface Held {
  readonly line: Follower
  readonly payload: Uint8Array
  readonly receivedAt: number
}

/** Holds back what arrives while a slow handler is at work, within a bound. */
export class HeldFrames {
  readonly #maxBytes: number
  readonly #hop: HopMeter
  #isPaused = false
  #held: Held[] = []
  #bytes = 0
  /** Of which something came that there was no room for. */
  readonly #overflowed = new Set<Follower>()

  constructor(maxBytes: number, hop: HopMeter) {
    this.#maxBytes = maxBytes
    this.#hop = hop
  }

  pass(line: Follower, payload: Uint8Array, receivedAt: number): void {
    if (!this.#isPaused && this.#held.length === 0) {
      line.judge(payload, receivedAt)
      return
    }
    if (this.#bytes + payload.length > this.#maxBytes) {
      this.#hop.overflowed += 1
      this.#overflowed.add(line)
      return
    }
    this.#held.push({ line, payload, receivedAt })
    this.#bytes += payload.length
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    setImmediate(() => this.#catchUp())
  }

  #catchUp(): void {
    const held = this.#held
    let index = 0
    for (; index < held.length && !this.#isPaused; index += 1) {
      const { line, payload, receivedAt } = held[index] as Held
      this.#bytes -= payload.length
      line.judge(payload, receivedAt)
    }
    held.splice(0, index)
    if (held.length > 0) return
    for (const line of this.#overflowed) line.fault('More came from the relay than may wait for a slow handler.')
    this.#overflowed.clear()
  }
}
