import type { Socket } from 'node:net'
import { hrtimeOrigin } from '../measure/hrtime-origin.js'
import { LatencyHistogram, type LatencySummary } from '../measure/latency-histogram.js'
import type { Schedule } from '../measure/tally.js'
import type { ConnectionLoad } from './connection-load.js'

/** Writes a load to one connection until it is told to stop; it then stops behind a whole frame. */
export interface Pump {
  /** Resolves with the number of messages once the last of them was handed to the system. */
  stop(): Promise<number>
  readonly lateness: LatencySummary | null
}

/** As many whole blocks as the connection takes. */
export class FloodPump implements Pump {
  readonly lateness: null = null
  readonly #socket: Socket
  readonly #load: ConnectionLoad
  readonly #stopped: Promise<number>
  #resolve: (messages: number) => void = () => {}
  #messages = 0
  #isStopping = false

  constructor(socket: Socket, load: ConnectionLoad) {
    this.#socket = socket
    this.#load = load
    this.#stopped = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#write()
  }

  stop(): Promise<number> {
    this.#isStopping = true
    return this.#stopped
  }

  #write(): void {
    if (this.#isStopping || this.#socket.destroyed) {
      this.#resolve(this.#messages)
      return
    }
    this.#messages += this.#load.frames
    // One block at a time: what is written ahead could not be stopped any more.
    this.#socket.write(this.#load.block, () => {
      this.#load.renew()
      this.#write()
    })
  }
}

/** So long a spell of waiting at most: between spells, the process hears what it is told. */
const spellMs = 0.5

/**
 * Evenly spaced from `startNs` on. What a slow client does not take stays due, and is sent as soon as it does.
 * It spins, because timers are a millisecond coarse: it needs a core of its own.
 */
export class PacedPump implements Pump {
  readonly #socket: Socket
  readonly #load: ConnectionLoad
  /** In the time of `performance.now()`. */
  readonly #startMs: number
  readonly #intervalMs: number
  readonly #warmup: number
  readonly #lateness = new LatencyHistogram()
  readonly #stopped: Promise<number>
  #resolve: (messages: number) => void = () => {}
  #messages = 0
  /** Messages in all, once it is known. */
  #total = Number.POSITIVE_INFINITY

  constructor(socket: Socket, load: ConnectionLoad, { startNs, messagesPerSecond, warmupMessages }: Schedule) {
    this.#socket = socket
    this.#load = load
    this.#startMs = Number(startNs - hrtimeOrigin()) / 1e6
    this.#intervalMs = 1000 / messagesPerSecond
    this.#warmup = warmupMessages
    this.#stopped = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#spin()
  }

  /** How late each message was written; those of the warm-up do not count. */
  get lateness(): LatencySummary {
    return this.#lateness.summary()
  }

  /** What is due by now is still sent. */
  stop(): Promise<number> {
    this.#total = this.#due(this.#elapsedMs())
    return this.#stopped
  }

  #spin = (): void => {
    const began = this.#elapsedMs()
    let elapsedMs = began
    while (elapsedMs - began < spellMs) {
      if (this.#messages >= this.#total || this.#socket.destroyed) {
        this.#resolve(this.#messages)
        return
      }
      const due = Math.min(this.#due(elapsedMs), this.#total)
      if (due > this.#messages && !this.#writeUntil(due, elapsedMs)) {
        this.#socket.once('drain', this.#spin)
        return
      }
      elapsedMs = this.#elapsedMs()
    }
    setImmediate(this.#spin)
  }

  /** Up to the end of the block at most. Returns whether the client takes more. */
  #writeUntil(due: number, elapsedMs: number): boolean {
    const { block, ends, frames } = this.#load
    const first = this.#messages % frames
    const last = Math.min(first + due - this.#messages, frames)
    const behind = this.#messages + last - first
    for (let index = Math.max(this.#messages, this.#warmup); index < behind; index += 1) {
      this.#lateness.record((elapsedMs - index * this.#intervalMs) * 1e6)
    }
    this.#messages = behind
    return this.#socket.write(block.subarray(first === 0 ? 0 : ends[first - 1], ends[last - 1]))
  }

  #elapsedMs(): number {
    return performance.now() - this.#startMs
  }

  #due(elapsedMs: number): number {
    return elapsedMs < 0 ? 0 : Math.floor(elapsedMs / this.#intervalMs) + 1
  }
}
