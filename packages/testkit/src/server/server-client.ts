import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@tapewire/core'
import { WebSocket } from 'ws'
import type { OutgoingData, VenueClient } from '../venue/venue.js'
import { DelayLine } from './delay-line.js'
import type { FrameRewriter } from './frame-faults.js'

/** Where `drained()` begins to wait. */
const highWaterBytes = 256 * 1024

/** What a client needs of its server. */
export interface ClientOptions {
  readonly clock: Clock
  /** What becomes of each frame. */
  readonly rewrite: FrameRewriter
  /** How much later the next frame leaves, ms. */
  readonly delayMs: () => number
  /** How long the socket is not read after a read, ms. */
  readonly readPauseMs: () => number
  /** A client for which more than these bytes wait is cut, as exchanges do. */
  readonly maxBacklogBytes: number
}

/**
 * The server's end of one client, from before the upgrade is answered until the socket has ended.
 * What is sent before the upgrade, or while the client is held, waits in order.
 */
export class ServerClient implements VenueClient {
  /** Resolves when the socket has ended. */
  readonly ended: Promise<void>
  readonly #options: ClientOptions
  /** Frames that leave later. */
  readonly #line: DelayLine
  /** Reads that wait. */
  readonly #reads: DelayLine
  #end: () => void = () => {}
  #socket: WebSocket | null = null
  #stream: Duplex | null = null
  #held = false
  #deaf = false
  #waiting: OutgoingData[] = []
  #waitingBytes = 0
  #pendingClose: (() => void) | null = null
  #onRelease: (() => void)[] = []

  constructor(options: ClientOptions) {
    this.#options = options
    this.#line = new DelayLine(options.clock)
    this.#reads = new DelayLine(options.clock)
    this.ended = new Promise((resolve) => {
      this.#end = () => {
        this.#line.clear()
        this.#reads.clear()
        resolve()
      }
    })
  }

  get isAttached(): boolean {
    return this.#socket !== null
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** The upgrade is done: what waits goes out. */
  attach(socket: WebSocket, stream: Duplex): void {
    this.#socket = socket
    this.#stream = stream
    socket.once('close', this.#end)
    // Its own listener reads before this one.
    stream.on('data', () => this.#pauseAfterRead())
    if (this.#deaf) socket.pause()
    this.#flush()
  }

  send(data: OutgoingData): void {
    const { rewrite, delayMs } = this.#options
    for (const part of rewrite(data)) {
      const delay = delayMs()
      if (delay === 0 && this.#line.isEmpty) this.#sendPart(part)
      else this.#line.after(delay, () => this.#sendPart(part))
    }
  }

  close(code?: number, reason?: string): void {
    this.#line.after(this.#options.delayMs(), () => this.#afterWaiting(() => this.#socket?.close(code, reason)))
  }

  /** An RST. */
  reset(): void {
    if (this.#stream instanceof Socket) this.#stream.resetAndDestroy()
    else this.terminate()
  }

  /** Sends so many ping frames in one piece. */
  ping(count: number): void {
    if (!this.isOpen) return
    this.batch(() => {
      for (let index = 1; index <= count; index += 1) this.#socket?.ping(`${index}`)
    })
  }

  terminate(): void {
    this.#afterWaiting(() => this.#socket?.terminate(), true)
  }

  /** Sends nothing until `release()`; with `deaf`, reads nothing either, so that not even a ping is answered. */
  hold(deaf: boolean): void {
    this.#held = true
    this.#deaf = deaf
    if (deaf) this.#socket?.pause()
  }

  release(): void {
    this.#held = false
    this.#deaf = false
    this.#socket?.resume()
    this.#flush()
    for (const resolve of this.#onRelease.splice(0)) resolve()
  }

  /** Writes of `work` leave in one piece. */
  batch(work: () => void): void {
    this.#stream?.cork()
    work()
    this.#stream?.uncork()
  }

  /** Whether more should not be sent before `drained()`. */
  get isBehind(): boolean {
    return this.#held || (this.#stream?.writableLength ?? 0) >= highWaterBytes
  }

  /** Resolves when the client has taken enough that more may be sent, or has ended. */
  async drained(): Promise<void> {
    if (this.isBehind) await this.flushed()
  }

  /** Resolves when everything sent was handed to the operating system, or the client has ended. */
  async flushed(): Promise<void> {
    if (this.#held) await Promise.race([new Promise<void>((resolve) => this.#onRelease.push(resolve)), this.ended])
    const stream = this.#stream
    if (stream === null || stream.destroyed || stream.writableEnded) return
    // The callback of an empty write follows those of all writes before it, and comes with an error where the socket ends.
    await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }

  #pauseAfterRead(): void {
    const pauseMs = this.#options.readPauseMs()
    if (pauseMs === 0) return
    this.#socket?.pause()
    this.#reads.after(pauseMs, () => {
      if (!this.#deaf) this.#socket?.resume()
    })
  }

  #sendPart(data: OutgoingData): void {
    const socket = this.#socket
    if (socket === null || this.#held) {
      this.#waiting.push(data)
      this.#waitingBytes += data.length
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(data)
    }
    if (this.#waitingBytes + (socket?.bufferedAmount ?? 0) > this.#options.maxBacklogBytes) this.terminate()
  }

  #flush(): void {
    if (this.#held || this.#socket === null) return
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const data of waiting) this.#sendPart(data)
    this.#pendingClose?.()
    this.#pendingClose = null
  }

  /** Ends the socket once it exists; a close frame also waits its turn behind what is held. */
  #afterWaiting(end: () => void, isUrgent = false): void {
    if (this.#socket !== null && (isUrgent || !this.#held)) end()
    else this.#pendingClose ??= end
  }
}
