import type { Clock, Timer } from '@tapewire/core'
import type { Transport, TransportClose, TransportListener } from '@tapewire/core/adapter'
import type { OutgoingData } from '../venue/venue.js'
import type { BorrowedFrames } from './borrowed-frames.js'

/** How long we wait for the answer to our close frame before the socket is ended, ms: as the real transports do. */
const closeTimeoutMs = 10_000

/** What the client's end of a connection has to do with the rest of it. */
export interface ClientEndParts {
  readonly clock: Clock
  readonly frames: BorrowedFrames
  /** Takes a frame to the server. */
  readonly carry: (data: string | Uint8Array) => void
  readonly carryPing: () => void
  readonly carryClose: (code: number, reason: string) => void
  /** Has arrive what is on its way here. */
  readonly hurry: () => void
  /** The socket is gone, without a close frame of ours where `isAbrupt`. */
  readonly onGone: (isAbrupt: boolean) => void
}

/** What has been received and not been read, as after `pause()`. */
type Received = { readonly kind: 'frame'; readonly data: OutgoingData; readonly at: number } | { readonly kind: 'pong' }

/**
 * The client's end of a simulated connection: a `Transport` that behaves as the real ones do where that matters. It starts paused; it delivers nothing from within `listen()`
 * or `resume()`; what still arrives after our own `close()` is delivered; its `onClose` is its last call.
 */
export class ClientEnd implements Transport {
  readonly bufferedBytes: number = 0
  readonly #parts: ClientEndParts
  #listener: TransportListener | null = null
  /** `ending`: nothing is sent any more; `closed`: `onClose` was called, or will be to whoever listens first. */
  #state: 'open' | 'closing' | 'ending' | 'closed' = 'open'
  #close: TransportClose = { code: 1006, reason: '', error: null }
  #isPaused = true
  #received: Received[] = []
  #reading: Timer | null = null
  #deadline: Timer | null = null

  constructor(parts: ClientEndParts) {
    this.#parts = parts
  }

  /** Whether whoever holds this transport may still hear from it, and has not ended it. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Whether it has not told its end yet. */
  get isAlive(): boolean {
    return this.#state !== 'closed'
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    if (this.#state === 'closed') listener.onClose(this.#close)
    // One that ended before anybody listened is not paused any more.
    else if (this.#isPaused) this.resume()
    else this.#readSoon()
  }

  send(data: string | Uint8Array): boolean {
    if (this.#state !== 'open') return false
    this.#parts.carry(data)
    return true
  }

  ping(): void {
    if (this.#state === 'open') this.#parts.carryPing()
  }

  pause(): void {
    if (this.#state === 'ending' || this.#state === 'closed') return
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#readSoon()
  }

  close(code = 1000, reason = ''): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#parts.carryClose(code, reason)
    this.#deadline = this.#parts.clock.setTimer(closeTimeoutMs, () => this.terminate())
    this.resume()
  }

  /** What the socket had read by then is still delivered, as `ws` does: the library has to be deaf to it. */
  terminate(): void {
    if (this.#state === 'ending' || this.#state === 'closed') return
    this.#isPaused = true
    this.#parts.hurry()
    this.#end(this.#close, true)
  }

  /** A frame has arrived. */
  receive(data: OutgoingData): void {
    this.#take({ kind: 'frame', data, at: this.#parts.clock.now() })
  }

  receivePong(): void {
    this.#take({ kind: 'pong' })
  }

  /** The connection has ended: with the server's close frame, or abruptly (1006). What was received before is read first. */
  receiveEnd(code: number, reason: string): void {
    this.#end({ code, reason, error: null }, code === 1006)
  }

  #take(received: Received): void {
    if (this.#state !== 'open' && this.#state !== 'closing') return
    this.#received.push(received)
    if (this.#reading === null) this.#read()
  }

  #end(close: TransportClose, isAbrupt: boolean): void {
    if (this.#state === 'ending' || this.#state === 'closed') return
    this.#close = close
    this.#state = 'ending'
    this.#deadline?.cancel()
    this.#parts.onGone(isAbrupt)
    // Told even where we had paused, as the end of a socket is.
    this.#isPaused = false
    this.#readSoon()
  }

  #readSoon(): void {
    this.#reading ??= this.#parts.clock.setTimer(0, () => {
      this.#reading = null
      this.#read()
    })
  }

  #read(): void {
    const { frames } = this.#parts
    try {
      while (!this.#isPaused && this.#listener !== null) {
        const received = this.#received.shift()
        if (received === undefined) {
          if (this.#state === 'ending') this.#report()
          return
        }
        const listener = this.#listener
        if (received.kind === 'pong') listener.onPong()
        else frames.lend(received.data, received.at, (frame) => listener.onFrame(frame))
      }
    } finally {
      // A listener threw: what is left, the end included, comes in a turn of its own.
      const isRest = this.#received.length > 0 || this.#state === 'ending'
      if (isRest && !this.#isPaused && this.#listener !== null) this.#readSoon()
    }
  }

  #report(): void {
    this.#state = 'closed'
    this.#listener?.onClose(this.#close)
  }
}
