import type { Socket } from 'node:net'
import { LatencyHistogram, type LatencySummary } from '../measure/latency-histogram.js'
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

/**
 * Evenly spaced from `startNs` on. What a slow client does not take stays due, and is sent as soon as it does.
 * It spins, because timers are a millisecond coarse: it needs a core of its own.
 */
export class PacedPump implements Pump {
  readonly #socket: Socket
  readonly #load: ConnectionLoad
  readonly #startNs: bigint
  readonly #intervalNs: number
  readonly #lateness = new LatencyHistogram()
  readonly #stopped: Promise<number>
  #resolve: (messages: number) => void = () => {}
  #messages = 0
  /** Messages in all, once it is known. */
  #total = Number.POSITIVE_INFINITY

  constructor(socket: Socket, load: ConnectionLoad, startNs: bigint, messagesPerSecond: number) {
    this.#socket = socket
    this.#load = load
    this.#startNs = startNs
    this.#intervalNs = 1e9 / messagesPerSecond
    this.#stopped = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#spin()
  }

  get lateness(): LatencySummary {
    return this.#lateness.summary()
  }

  /** What is due by now is still sent. */
  stop(): Promise<number> {
    this.#total = this.#due(this.#elapsedNs())
    return this.#stopped
  }

  #spin(): void {
    const elapsedNs = this.#elapsedNs()
    const due = Math.min(this.#due(elapsedNs), this.#total)
    if (this.#messages >= this.#total || this.#socket.destroyed) {
      this.#resolve(this.#messages)
      return
    }
    if (due > this.#messages) {
      this.#lateness.record(elapsedNs - this.#messages * this.#intervalNs)
      if (!this.#writeUntil(due)) {
        this.#socket.once('drain', () => this.#spin())
        return
      }
    }
    setImmediate(() => this.#spin())
  }

  /** Up to the end of the block at most. Returns whether the client takes more. */
  #writeUntil(due: number): boolean {
    const { block, ends, frames } = this.#load
    const first = this.#messages % frames
    const last = Math.min(first + due - this.#messages, frames)
    this.#messages += last - first
    return this.#socket.write(block.subarray(first === 0 ? 0 : ends[first - 1], ends[last - 1]))
  }

  #elapsedNs(): number {
    return Number(process.hrtime.bigint() - this.#startNs)
  }

  #due(elapsedNs: number): number {
    return elapsedNs < 0 ? 0 : Math.floor(elapsedNs / this.#intervalNs) + 1
  }
}
