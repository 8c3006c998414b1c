import type { Clock, Timer } from '@tapewire/core'
import type { ServerClient } from './server-client.js'

/** A frame to play; `t` in ms of any epoch, null to play it right after the one before. */
export interface PlayedFrame {
  readonly t: number | null
  readonly content: string | Buffer
}

/** Frames that leave in one write at most. */
const framesPerBatch = 256
/** Less than this before its time, a frame is due: epoch milliseconds have no finer fractions. */
const toleranceMs = 0.001

/** Plays frames to one client, in order, each at its time or all as fast as the client takes them. */
export class Playback {
  readonly #client: ServerClient
  readonly #frames: readonly PlayedFrame[]
  readonly #clock: Clock
  readonly #speed: number | 'max'
  readonly #onSent: (count: number) => void
  readonly #onDone: () => void
  #next = 0
  #timer: Timer | null = null
  #hasBegun = false
  /** What to add to a frame's own time, divided by the speed, to have the clock's. */
  #offset = 0

  constructor(
    client: ServerClient,
    { frames, clock, speed }: { frames: readonly PlayedFrame[]; clock: Clock; speed: number | 'max' },
    { onSent, onDone }: { onSent: (count: number) => void; onDone: () => void },
  ) {
    this.#client = client
    this.#frames = frames
    this.#clock = clock
    this.#speed = speed
    this.#onSent = onSent
    this.#onDone = onDone
  }

  /** Starts with the first frame, now; calls after the first do nothing. */
  begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const first = this.#frames.find((frame) => frame.t !== null)
    this.#offset = this.#clock.now() - this.#ownTime(first?.t ?? 0)
    this.#play()
  }

  /** The client has gone. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  /** Plays what is due and comes back for the rest: on the clock, or when the client has caught up. */
  #play(): void {
    if (!this.#client.isOpen) return
    this.#sendDue()
    if (this.#next === this.#frames.length) {
      void this.#client.flushed().then(() => {
        if (this.#client.isOpen) this.#onDone()
      })
      return
    }
    const waitMs = this.#waitMs(this.#frames[this.#next]!)
    if (waitMs > toleranceMs) this.#timer = this.#clock.setTimer(waitMs, () => this.#play())
    // By way of the event loop: the reader may live in this process.
    else void this.#client.drained().then(() => setImmediate(() => this.#play()))
  }

  #sendDue(): void {
    const first = this.#next
    const end = Math.min(first + framesPerBatch, this.#frames.length)
    this.#client.batch(() => {
      while (this.#next < end && !this.#client.isBehind) {
        const frame = this.#frames[this.#next]!
        if (this.#waitMs(frame) > toleranceMs) break
        this.#client.send(frame.content)
        this.#next++
      }
    })
    if (this.#next > first) this.#onSent(this.#next - first)
  }

  #waitMs({ t }: PlayedFrame): number {
    return t === null || this.#speed === 'max' ? 0 : this.#ownTime(t) + this.#offset - this.#clock.now()
  }

  #ownTime(t: number): number {
    return this.#speed === 'max' ? 0 : t / this.#speed
  }
}
