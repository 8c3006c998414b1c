import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { StreamError } from '../errors/stream-error.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { Transport, TransportListener } from '../strategy/transport.js'
import { checkSocketUrl } from './check-url.js'
import { connectError } from './connect-error.js'
import { handshakeRejection } from './handshake-rejection.js'
import { defaultSocketOptions, type SocketOptions } from './socket-options.js'

/**
 * Opens a WebSocket with the options that speed dictates: no compression, no UTF-8 check (parsers read bytes, and check what they decode as text),
 * no-delay and keep-alive. Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`, `ERR_HANDSHAKE_REJECTED`,
 * `ERR_AUTHENTICATION_FAILED` (401, 403 in JSON), `ERR_RATE_LIMITED` (429, or a page from a firewall), `ERR_INSECURE_URL`, or the signal's reason.
 */
export function openSocket(
  context: Pick<ConnectionContext, 'url' | 'headers'>,
  signal: AbortSignal,
  options: SocketOptions = {},
): Promise<Transport> {
  const { handshakeTimeoutMs, maxPayloadBytes, agent } = { ...defaultSocketOptions, ...options }
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    checkSocketUrl(context.url)
    const socket = new WebSocket(context.url, {
      headers: { ...context.headers },
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: maxPayloadBytes,
      handshakeTimeout: handshakeTimeoutMs,
      followRedirects: false,
      ...(agent === undefined ? {} : { agent }),
    })
    let rawSocket: Socket | null = null
    let rejection: Promise<StreamError> | null = null
    const onAbort = (): void => {
      settle()
      socket.terminate()
      reject(signal.reason)
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
    socket.on('unexpected-response', (request, response) => {
      rejection = handshakeRejection(response, context.url)
      void rejection.then((error) => {
        settle()
        request.destroy()
        reject(error)
      })
    })
    socket.on('error', (error) => {
      if (rejection !== null) return
      settle()
      const timedOut = error.message.includes('handshake has timed out')
      reject(connectError(timedOut ? Object.assign(error, { code: 'ETIMEDOUT' }) : error, context.url))
    })
    socket.on('open', () => {
      settle()
      resolve(new WsTransport(socket, rawSocket))
    })
  })
}

/** A `ws` client behind our narrow seam. Reads the clock once per chunk of the socket, not once per frame. */
class WsTransport implements Transport {
  readonly #socket: WebSocket
  #listener: TransportListener | null = null
  #lastError: Error | null = null
  #closed: { code: number; reason: string; error: Error | null } | null = null
  readonly #frame: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: false, receivedAt: 0 }

  constructor(socket: WebSocket, rawSocket: Socket | null) {
    this.#socket = socket
    socket.pause()
    rawSocket?.setNoDelay(true)
    rawSocket?.setKeepAlive(true, 15_000)
    const frame = this.#frame
    const { timeOrigin } = performance
    frame.receivedAt = timeOrigin + performance.now()
    rawSocket?.prependListener('data', () => {
      frame.receivedAt = timeOrigin + performance.now()
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      frame.bytes = data
      frame.end = data.length
      frame.isBinary = isBinary
      this.#listener?.onFrame(frame)
    })
    socket.on('pong', () => this.#listener?.onPong())
    socket.on('error', (error) => {
      this.#lastError = error
    })
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString(), error: this.#lastError }
      this.#listener?.onClose(this.#closed)
    })
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    if (this.#closed !== null) listener.onClose(this.#closed)
    else this.#socket.resume()
  }

  send(data: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data)
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
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
