import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Clock, Timer } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { SocketAddress } from '../strategy/network.js'
import type { Transport, TransportClose, TransportListener } from '../strategy/transport.js'
import { connectError } from './connect-error.js'
import { readHandshakeRejection, upgradeRejection } from './handshake-rejection.js'
import { OwedPongs } from './owed-pongs.js'
import type { SocketEnv } from './socket-env.js'
import { tuneSocket } from './tune-socket.js'
import { lingerMs } from './walker/walker-transport.js'

/** Opens a WebSocket with the `ws` package. Rejects as `openSocket` does; the signal's reason included. */
export function openWs(
  { url, headers }: SocketAddress,
  { signal, clock, lookup, socket: { agent, maxPayloadBytes } }: SocketEnv,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new ClosingSocket(url, {
      headers: { ...headers },
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: maxPayloadBytes,
      followRedirects: false,
      autoPong: false,
      lookup,
      ...(agent === undefined ? {} : { agent }),
    })
    let rawSocket: Socket | null = null
    let isRefused = false
    const onAbort = (): void => {
      if (!isRefused) reject(signal.reason)
      socket.terminate()
    }
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort)
      socket.removeAllListeners()
      // ws reports an ended handshake as an error event; with no listener left it would be thrown.
      socket.on('error', () => {})
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('upgrade', (response: IncomingMessage) => {
      rawSocket = response.socket
    })
    socket.on('unexpected-response', (_request, response) => {
      isRefused = true
      void readHandshakeRejection(response, url, clock).then((error) => {
        settle()
        socket.terminate()
        reject(error)
      })
    })
    socket.on('error', (error) => {
      if (isRefused) return
      settle()
      reject(rawSocket === null ? connectError(error, url) : upgradeRejection(error.message, url, error))
    })
    socket.on('open', () => {
      settle()
      resolve(new WsTransport(socket, rawSocket, clock))
    })
  })
}

/**
 * A `ws` client that says when the server's close frame arrives: the package tells of that only once the socket has closed, for which a server may take its time. It
 * answers the frame, and a violation with a code alone, by calling `close()`.
 */
class ClosingSocket extends WebSocket {
  onCloseFrame: ((code: number, reason: string) => void) | null = null
  #isOurs = false

  /** A close of our own. */
  closeOurselves(code: number, reason: string): void {
    this.#isOurs = true
    super.close(code, reason)
  }

  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason)
    if (this.#isOurs) return
    if (code === undefined) this.onCloseFrame?.(1005, '')
    else if (reason !== undefined) this.onCloseFrame?.(code, reason.toString())
  }
}

/** A `ws` client behind our narrow seam. Reads the clock once per chunk of the socket, not once per frame. */
class WsTransport implements Transport {
  readonly #socket: ClosingSocket
  readonly #clock: Clock
  #listener: TransportListener | null = null
  #violation: TransportClose | null = null
  #closed: TransportClose | null = null
  /** Until the socket is ended whose connection is over already. */
  #linger: Timer | null = null
  readonly #frame: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: false, receivedAt: 0 }

  constructor(socket: ClosingSocket, rawSocket: Socket | null, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    socket.pause()
    if (rawSocket !== null) tuneSocket(rawSocket)
    const frame = this.#frame
    frame.receivedAt = clock.now()
    rawSocket?.prependListener('data', () => {
      frame.receivedAt = clock.now()
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      frame.bytes = data
      frame.end = data.length
      frame.isBinary = isBinary
      this.#listener?.onFrame(frame)
    })
    socket.on('pong', () => this.#listener?.onPong())
    const pongs = new OwedPongs({
      canSend: () => rawSocket?.writableNeedDrain !== true,
      send: (payload) => {
        if (socket.readyState === WebSocket.OPEN) socket.pong(payload)
      },
    })
    socket.on('ping', (payload: Buffer) => pongs.onPing(payload))
    // The package reads what has arrived before this listener is called.
    rawSocket?.on('data', () => pongs.settle())
    rawSocket?.on('drain', () => pongs.settle())
    socket.on('error', (error) => {
      this.#violation = violationClose(error)
    })
    socket.onCloseFrame = (code, reason) => this.#endAtOnce({ code, reason, error: null })
    socket.on('close', (code, reason) => {
      this.#linger?.cancel()
      if (this.#closed === null) this.#report(this.#violation ?? { code, reason: reason.toString(), error: null })
    })
  }

  /** The server's last word, which the package has answered: nobody has to wait for the socket, which the server is given a moment to end. */
  #endAtOnce(close: TransportClose): void {
    this.#linger = this.#clock.setTimer(lingerMs, () => this.#socket.terminate())
    this.#report(close)
  }

  #report(close: TransportClose): void {
    this.#closed = close
    this.#listener?.onClose(close)
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    if (this.#closed !== null) listener.onClose(this.#closed)
    else this.#socket.resume()
  }

  /** The server's close frame ends it too, though the socket has yet to close. */
  send(data: string | Uint8Array): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false
    this.#socket.send(data)
    return true
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  close(code = 1000, reason = ''): void {
    // A paused socket never reads the closing handshake's answer.
    this.#socket.resume()
    this.#socket.closeOurselves(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}

/** Codes of the `ws` package that are answered with something other than 1002; its documentation, "Error codes". */
const closeCodes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
}

/** What an error of an open `ws` socket means: always that the server broke the protocol or a limit. */
function violationClose(cause: Error & { readonly code?: string }): TransportClose {
  const code = closeCodes[cause.code ?? ''] ?? 1002
  const error = new StreamError(
    'ERR_PROTOCOL_VIOLATION',
    'The server sent bytes that are not valid WebSocket frames.',
    {
      context: { 'Close code': code, ...(cause.code === undefined ? {} : { Violation: cause.code }) },
      hint: 'The connection cannot be trusted any more and is closed; a proxy in between may have corrupted it.',
      cause,
    },
  )
  return { code, reason: '', error }
}
