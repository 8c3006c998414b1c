import type { Clock, Instrument, Timer } from '@tapewire/core'
import type { MarketEvent, MarketSimulator } from '@tapewire/testkit'

/** Where one stream's pushes come from. It exists while somebody is subscribed. */
export interface Feed {
  /** Something happened on this market. */
  onEvent(event: MarketEvent): void
  /** A client subscribes: what it is sent before its acknowledgement, where the stream begins with an image; null otherwise. */
  welcome?(): object | null
  /** A client is subscribed from now on: where its first push does not wait for a change, it is sent by this. */
  join?(send: (result: object) => void): void
  /** The next `pushes` are lost. */
  skip?(pushes: number): void
  /** Pushes the whole book, as the server may at any time. */
  pushFull?(): void
  close(): void
}

export interface FeedContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly random: () => number
  readonly pair: Instrument
  /** Sends a push's `result` to everyone subscribed. */
  readonly publish: (result: object) => void
}

/** `BTC_USDT` */
export function wireNameOf(pair: Instrument): string {
  return `${pair.base}_${pair.quote}`
}

/** Calls `work` once, `delayMs` after the first `arm()` since it last ran: how the server gathers changes. */
export class Gathering {
  readonly #clock: Clock
  readonly #delayMs: number
  readonly #work: () => void
  #timer: Timer | null = null

  constructor(clock: Clock, delayMs: number, work: () => void) {
    this.#clock = clock
    this.#delayMs = delayMs
    this.#work = work
  }

  arm(): void {
    this.#timer ??= this.#clock.setTimer(this.#delayMs, () => {
      this.#timer = null
      this.#work()
    })
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
