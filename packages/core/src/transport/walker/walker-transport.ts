import type { Socket } from 'node:net'
import type { Clock, Timer } from '../../clock/clock.js'
import type { InboundFrame } from '../../model/inbound-frame.js'
import type { SocketAddress } from '../../strategy/network.js'
import type { Transport, TransportClose, TransportListener } from '../../strategy/transport.js'
import { OwedPongs } from '../owed-pongs.js'
import type { SocketEnv } from '../socket-env.js'
import { tuneSocket } from '../tune-socket.js'
import { FrameWalker, type WalkerLimits } from './frame-walker.js'
import { composeClose, composeFrame } from './frame-writer.js'
import { shakeHands, type UpgradedSocket } from './handshake.js'
import { endedAbruptly, noCodeReceived, opcodes } from './protocol.js'
import { closeCodeOf, type Violation, violationError } from './violation.js'

/** How long the server may take to answer our close frame, ms. */
export const closeTimeoutMs = 10_000

/** How long the server may take to end its side of a connection that is over, ms. */
export const lingerMs = 1_000

/** Most fragments in one message; no exchange sends more than a handful. */
const maxFragments = 16 * 1024

const noBytes = Buffer.alloc(0)

/** What a transport needs besides its socket. */
export interface WalkerTransportOptions extends WalkerLimits {
  readonly clock: Clock
}

/**
 * - `open`: frames go both ways
 * - `closing`: our close frame is out, the server's is awaited; what it still sends is delivered
 * - `ending`: nothing more is read or sent; the socket has to close
 * - `closed`: `onClose` has been told; the socket may still have to close
 */
type State = 'open' | 'closing' | 'ending' | 'closed'

/** A WebSocket over a socket that has been upgraded: the frame walker on one side, masked frames on the other. */
export class WalkerTransport implements Transport {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #walker: FrameWalker
  #listener: TransportListener | null = null
  #state: State = 'open'
  #close: TransportClose = { code: endedAbruptly, reason: '', error: null }
  #isPaused = true
  #isSocketClosed = false
  #deadline: Timer | null = null
  readonly #pongs: OwedPongs

  constructor({ socket, head, reads }: UpgradedSocket, options: WalkerTransportOptions) {
    this.#socket = socket
    this.#clock = options.clock
    this.#pongs = new OwedPongs({
      canSend: () => !socket.writableNeedDrain,
      send: (payload) => {
        if (this.#state === 'open') this.#write(opcodes.pong, payload)
      },
    })
    this.#walker = new FrameWalker(
      {
        onPing: (payload) => this.#pongs.onPing(payload),
        onPong: () => this.#listener?.onPong(),
        onClose: (code, reason) => this.#onCloseFrame(code, reason),
        onViolation: (violation) => this.#onViolation(violation),
      },
      unheard,
      options,
    )
    this.#walker.pause()
    this.#walker.receive(head, head.length, options.clock.now())
    socket.pause()
    socket.setTimeout(0)
    tuneSocket(socket)
    reads.listen(socket, (bytes, length) => this.#onData(bytes, length))
    socket.on('end', () => this.#end())
    socket.on('drain', () => this.#pongs.settle())
    socket.on('error', (error) => {
      // Once the end is known, what the socket says of it adds nothing.
      if (this.#close.code === endedAbruptly) this.#close = { ...this.#close, error }
    })
    socket.on('close', () => this.#onSocketClose())
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    this.#walker.messages = listener
    if (this.#state === 'closed') listener.onClose(this.#close)
    else this.resume()
  }

  send(data: string | Uint8Array): boolean {
    return this.#state === 'open' && this.#write(typeof data === 'string' ? opcodes.text : opcodes.binary, data)
  }

  ping(): void {
    if (this.#state === 'open') this.#write(opcodes.ping, noBytes)
  }

  pause(): void {
    if (this.#state === 'ending' || this.#state === 'closed') return
    this.#isPaused = true
    this.#walker.pause()
    this.#socket.pause()
  }

  /** What waits is delivered in a tick of its own, never from within this call. */
  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#continueSoon()
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  /** Throws a `TypeError` for a code that may not be sent, and a `RangeError` for a reason of more than 123 bytes. */
  close(code = 1000, reason = ''): void {
    if (this.#state !== 'open') return
    this.#write(opcodes.close, composeClose(code, reason))
    this.#state = 'closing'
    this.#endWithin(closeTimeoutMs)
    // A paused socket never reads the answer.
    this.resume()
  }

  terminate(): void {
    this.#deadline?.cancel()
    this.#socket.destroy()
    if (this.#state === 'closed') return
    this.#state = 'ending'
    this.#walker.stop()
    // Where the socket broke while we were paused, its end is still to be reported.
    this.resume()
  }

  #onData(bytes: Buffer, length: number): void {
    if (this.#walker.isOver) return
    let isWalked = false
    try {
      this.#walker.receive(bytes, length, this.#clock.now())
      isWalked = true
    } finally {
      // A listener threw, which is not ours to swallow. The rest of the chunk comes before anything newer.
      if (!isWalked) {
        this.#socket.pause()
        this.#continueSoon()
      }
    }
    this.#pongs.settle()
  }

  #continueSoon(): void {
    process.nextTick(() => {
      if (!this.#isPaused) this.#continue()
    })
  }

  /** Delivers what waits, then reads on. */
  #continue(): void {
    let isWalked = false
    try {
      this.#walker.resume()
      isWalked = true
    } finally {
      if (!isWalked) this.#continueSoon()
    }
    this.#pongs.settle()
    if (this.#isPaused) return
    if (this.#isSocketClosed) this.#report()
    else this.#socket.resume()
  }

  #onCloseFrame(code: number, reason: string): void {
    this.#endWith({ code, reason, error: null }, code === noCodeReceived ? noBytes : composeClose(code, reason))
  }

  #onViolation(violation: Violation): void {
    const code = closeCodeOf(violation)
    this.#endWith({ code, reason: '', error: violationError(violation) }, composeClose(code, ''))
  }

  /** The server's last word, answered where we have not said ours. It is the end, which nobody has to wait for: the socket goes on its own. */
  #endWith(close: TransportClose, answer: Buffer): void {
    const isOurs = this.#state === 'closing'
    this.#close = close
    if (!isOurs) this.#write(opcodes.close, answer)
    this.#end()
    // Whoever closes waits for the socket as well, so that nothing is left behind.
    if (!isOurs) this.#report()
  }

  /** Nothing more will be read that matters: ends our side, and gives the server a moment to end its own. */
  #end(): void {
    if (this.#state === 'ending' || this.#state === 'closed') return
    this.#state = 'ending'
    if (this.#isSocketClosed) return
    this.#endWithin(lingerMs)
    this.#socket.end()
  }

  #endWithin(timeoutMs: number): void {
    this.#deadline?.cancel()
    this.#deadline = this.#clock.setTimer(timeoutMs, () => this.terminate())
  }

  #onSocketClose(): void {
    this.#deadline?.cancel()
    this.#isSocketClosed = true
    // What the socket had read before it broke is still ours.
    const unread: Buffer | null = this.#socket.read()
    if (unread !== null) this.#onData(unread, unread.length)
    if (!this.#walker.hasRest) this.#report()
  }

  #report(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#walker.stop()
    this.#listener?.onClose(this.#close)
  }

  /** Whether the socket took it. */
  #write(opcode: number, payload: string | Uint8Array): boolean {
    if (!this.#socket.writable) return false
    this.#socket.write(composeFrame(opcode, payload))
    return true
  }
}

/** Stands in until somebody listens; nothing is read before. */
const unheard = { onFrame: (_frame: InboundFrame) => {} }

/** Opens a WebSocket whose frames are read by the frame walker. Rejects as `openSocket` does; the signal's reason included. */
export function openWalker(
  { url, headers }: SocketAddress,
  { signal, clock, lookup, socket: { agent, maxPayloadBytes } }: SocketEnv,
): Promise<Transport> {
  return shakeHands(
    { url, headers, agent, clock, lookup },
    signal,
    (upgraded) => new WalkerTransport(upgraded, { maxPayloadBytes, maxFragments, clock }),
  )
}
