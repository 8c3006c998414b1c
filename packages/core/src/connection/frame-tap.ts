import type { Clock } from '../clock/clock.js'
import { redactSecretsInUrl } from '../errors/redact-record.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { Transport, TransportListener } from '../strategy/transport.js'
import { KnownSecrets } from './known-secrets.js'

/** One data frame as it went over the wire, before anything was made of it. It is a copy, and may be kept. */
export interface FrameEvent {
  readonly exchange: string
  /** `acme_spot#1`: stable over reconnects. During a take-over two connections have it. */
  readonly connectionId: string
  /** Which of the manager's sockets, 1 and up: each reconnect and take-over opens another. */
  readonly socket: number
  /** Where it leads. Listen keys, keys and signatures are replaced by `REDACTED`. */
  readonly url: string
  /** `in` from the exchange, `out` to it: subscriptions, logins and the exchange's own pings too. */
  readonly direction: 'in' | 'out'
  /** Text of a text frame, bytes of a binary one. Keys, signatures and listen keys are replaced by `REDACTED`. */
  readonly data: string | Uint8Array
  /** When it was read from the socket, or given to it, epoch ms. */
  readonly time: number
}

/** Keeps frames as they come, for somebody who may want to see them later. */
export interface FrameKeeper {
  /** A socket was opened. What this returns is told of its frames. */
  open(socket: Pick<FrameEvent, 'connectionId' | 'socket' | 'url'>): KeptSocket
}

/** What a keeper has of one socket. */
export interface KeptSocket {
  /** One that came in, and holds no secret. Nothing of it may be used afterwards. */
  keepInbound(frame: InboundFrame): void
  /** Any other, after its secrets were left out. */
  keep(direction: FrameEvent['direction'], data: FrameEvent['data'], time: number): void
  /** The socket is gone. */
  end(): void
}

/** Shows the frames of all connections of a manager to whoever listens, and to the one who keeps them. Where nobody does, inbound frames pass it by. */
export class FrameTap {
  readonly #exchange: string
  readonly #clock: Clock
  readonly #keeper: FrameKeeper | null
  #sockets = 0
  readonly #listeners = new Set<(frame: FrameEvent) => void>()
  readonly #connections = new Set<ConnectionTap>()

  constructor(exchange: string, clock: Clock, keeper: FrameKeeper | null = null) {
    this.#exchange = exchange
    this.#clock = clock
    this.#keeper = keeper
  }

  get isOn(): boolean {
    return this.#listeners.size > 0
  }

  /** Shows every frame from now on to this listener, which must not throw. Returns what ends it. */
  add(listener: (frame: FrameEvent) => void): () => void {
    const own = (frame: FrameEvent): void => listener(frame)
    this.#listeners.add(own)
    this.#refresh()
    return () => {
      this.#listeners.delete(own)
      this.#refresh()
    }
  }

  /** The tap of one connection, to be ended with it. */
  of(connectionId: string): ConnectionTap {
    const tap: ConnectionTap = new ConnectionTap({
      clock: this.#clock,
      isOn: () => this.isOn,
      open: (url) => {
        this.#sockets += 1
        const place = { connectionId, socket: this.#sockets, url: redactSecretsInUrl(url) }
        const kept = this.#keeper?.open(place) ?? null
        return {
          kept,
          show: (direction, data, time) => {
            const frame = { exchange: this.#exchange, ...place, direction, data, time }
            for (const listener of this.#listeners) listener(frame)
          },
        }
      },
      onEnd: () => void this.#connections.delete(tap),
    })
    this.#connections.add(tap)
    return tap
  }

  #refresh(): void {
    for (const connection of this.#connections) connection.refresh()
  }
}

interface TapParts {
  readonly clock: Clock
  isOn(): boolean
  /** A socket to this URL was opened. */
  open(url: string): SocketTap
  onEnd(): void
}

/** Who sees the frames of one socket. */
interface SocketTap {
  readonly kept: KeptSocket | null
  show(direction: FrameEvent['direction'], data: FrameEvent['data'], time: number): void
}

/** Shows the frames of one connection, whichever transport it has. */
export class ConnectionTap {
  readonly #parts: TapParts
  #transport: TappedTransport | null = null

  constructor(parts: TapParts) {
    this.#parts = parts
  }

  /** The transport in whose place the returned one is to be used. */
  through(transport: Transport, context: ConnectionContext): TappedTransport {
    this.#transport = new TappedTransport(transport, context, this.#parts)
    return this.#transport
  }

  /** Somebody listens now, or nobody does any more. */
  refresh(): void {
    this.#transport?.refresh()
  }

  end(): void {
    this.#transport = null
    this.#parts.onEnd()
  }
}

/** A transport whose frames can be shown. Whoever listens to it listens to the one behind it directly, unless they are. */
export class TappedTransport implements Transport {
  readonly #transport: Transport
  readonly #parts: TapParts
  readonly #tap: SocketTap
  readonly #secrets: KnownSecrets
  #listener: TransportListener | null = null
  #isShown = false
  #isPaused = false
  #isLoggingIn: boolean

  constructor(transport: Transport, context: ConnectionContext, parts: TapParts) {
    this.#transport = transport
    this.#parts = parts
    this.#tap = parts.open(context.url)
    this.#secrets = new KnownSecrets(context)
    this.#isLoggingIn = context.authRequired
  }

  /** What is sent from now on is no login any more. */
  loggedIn(): void {
    this.#isLoggingIn = false
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    this.#isPaused = false
    this.#isShown = this.#parts.isOn()
    this.#transport.listen(this.#isShown || this.#tap.kept !== null ? this.#tapping(listener) : listener)
  }

  refresh(): void {
    if (this.#listener === null || this.#isShown === this.#parts.isOn()) return
    const wasPaused = this.#isPaused
    this.listen(this.#listener)
    if (wasPaused) this.pause()
  }

  send(data: string | Uint8Array): boolean {
    const isSent = this.#transport.send(data)
    const { kept, show } = this.#tap
    if (isSent && (this.#parts.isOn() || kept !== null)) {
      const shown = this.#outbound(data)
      const now = this.#parts.clock.now()
      if (this.#parts.isOn()) show('out', shown, now)
      kept?.keep('out', shown, now)
    }
    return isSent
  }

  ping(): void {
    this.#transport.ping()
  }

  pause(): void {
    this.#isPaused = true
    this.#transport.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#transport.resume()
  }

  get bufferedBytes(): number {
    return this.#transport.bufferedBytes
  }

  close(code?: number, reason?: string): void {
    this.#transport.close(code, reason)
  }

  terminate(): void {
    this.#transport.terminate()
  }

  #tapping(listener: TransportListener): TransportListener {
    const isShown = this.#isShown
    const { kept, show } = this.#tap
    const secrets = this.#secrets
    return {
      onFrame: (frame) => {
        if (isShown) show('in', this.#inbound(frame), frame.receivedAt)
        if (kept !== null) {
          // Of a connection without secrets, as those of market data are, nothing has to be looked through.
          if (secrets.isEmpty) kept.keepInbound(frame)
          else kept.keep('in', this.#inbound(frame), frame.receivedAt)
        }
        listener.onFrame(frame)
      },
      onPong: () => listener.onPong(),
      onClose: (close) => {
        kept?.end()
        listener.onClose(close)
      },
    }
  }

  #inbound({ bytes, start, end, isBinary }: InboundFrame): FrameEvent['data'] {
    if (!isBinary) return this.#secrets.leaveOut(bytes.toString('utf8', start, end))
    return Buffer.from(this.#secrets.leaveOut(bytes.toString('latin1', start, end)), 'latin1')
  }

  #outbound(data: string | Uint8Array): FrameEvent['data'] {
    if (typeof data === 'string') return this.#secrets.leaveOutOfRequest(data, this.#isLoggingIn)
    return Buffer.from(
      this.#secrets.leaveOutOfRequest(Buffer.from(data).toString('latin1'), this.#isLoggingIn),
      'latin1',
    )
  }
}
