import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@tapewire/core'
import { WebSocketServer } from 'ws'
import type { VenueRequest, VenueResponse, VenueSession } from '../venue/venue.js'
import { FrameFaults } from './frame-faults.js'
import { answerRequest, readBody, refuseHandshake, toVenueRequest } from './http-exchange.js'
import { listenError } from './listen-error.js'
import { ServerClient } from './server-client.js'
import { type FaultState, promptly, SocketFaults } from './socket-faults.js'

/** Who answers. What it throws ends that client (1011) or request (500), and is kept in `failures`. */
export interface ServerHandlers {
  accept(client: ServerClient, request: VenueRequest): VenueSession | VenueResponse
  handle(request: VenueRequest): VenueResponse
}

/** What a server lives by. */
export interface LoopbackOptions {
  readonly clock: Clock
  /** Chance for its faults. */
  readonly random: () => number
  readonly maxBacklogBytes: number
}

/** Bytes that may wait for one client before it is cut. */
export const defaultMaxBacklogBytes: number = 64 * 1024 * 1024
/** Longest message a client may send, bytes. */
const maxClientMessageBytes = 1024 * 1024
const badRequest: VenueResponse = { status: 400, body: '{"message":"bad request"}' }
const bodyTooLong: VenueResponse = { status: 413, body: '{"message":"request body too long"}' }
const failed: VenueResponse = { status: 500, body: '{"message":"the venue emulation failed"}' }

/** An HTTP and WebSocket server on one port of a loopback address, without compression. It knows every socket, and leaves none behind. */
export class LoopbackServer {
  readonly faults: SocketFaults
  /** What the handlers have thrown. */
  readonly failures: unknown[] = []
  readonly #handlers: ServerHandlers
  readonly #options: LoopbackOptions
  readonly #faultState: FaultState
  readonly #http: Server
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxClientMessageBytes,
  })
  readonly #sockets = new Set<Socket>()
  readonly #clients = new Set<ServerClient>()
  #clientsSeen = 0

  constructor(handlers: ServerHandlers, options: LoopbackOptions) {
    this.#handlers = handlers
    this.#options = options
    this.#faultState = {
      hold: null,
      frames: new FrameFaults(options.random),
      delayMs: 0,
      jitterMs: 0,
      readPauseMs: 0,
      connectionRefusal: null,
      requestRefusal: null,
      pace: promptly,
    }
    this.faults = new SocketFaults(this.#clients, this.#faultState)
    this.#http = createServer((message, response) => void this.#answer(message, response))
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#http.on('upgrade', (message, stream, head) => this.#upgrade(message, stream, head))
  }

  /** Clients connected now. */
  get clients(): number {
    return this.#clients.size
  }

  /** Clients ever accepted. */
  get clientsSeen(): number {
    return this.#clientsSeen
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    const { address, family, port } = this.#http.address() as AddressInfo
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  /** Rejects with `ERR_PORT_IN_USE`, or `ERR_SERVER_FAILED` where the system refuses the address otherwise. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.on('error', (cause) => reject(listenError(host, port, cause)))
      this.#http.listen(port, host, resolve)
    })
  }

  /** Ends every client abruptly; resolves when no socket is left. */
  async close(): Promise<void> {
    const ended = [...this.#clients].map((client) => client.ended)
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all([closed, ...ended])
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: string | null
    try {
      body = await readBody(message)
    } catch {
      // The client left in the middle of its request: nobody waits for an answer.
      return
    }
    const request = toVenueRequest(message, body ?? '')
    const answer = body === null ? bodyTooLong : request === null ? badRequest : this.#handle(request)
    answerRequest(response, answer, this.#faultState.pace, this.#options.clock)
  }

  #handle(request: VenueRequest): VenueResponse {
    try {
      return this.#faultState.requestRefusal ?? this.#handlers.handle(request)
    } catch (thrown) {
      this.failures.push(thrown)
      return failed
    }
  }

  #upgrade(message: IncomingMessage, stream: Duplex, head: Buffer): void {
    // A client may vanish before it was answered; its socket's close says so too.
    stream.on('error', () => {})
    const request = toVenueRequest(message, '')
    const client = this.#makeClient()
    const session = request === null ? badRequest : this.#accept(client, request)
    if ('status' in session) {
      refuseHandshake(stream, session)
      return
    }
    this.#webSockets.handleUpgrade(message, stream, head, (socket) => {
      this.#clientsSeen++
      this.#clients.add(client)
      if (this.#faultState.hold !== null) client.hold(this.#faultState.hold === 'frozen')
      socket.on('message', (data, isBinary) => this.#receive(session, client, data as Buffer, isBinary))
      socket.on('ping', () => session.onPing?.())
      // The close that follows says all there is to say.
      socket.on('error', () => {})
      client.attach(socket, stream)
      void client.ended.then(() => {
        this.#clients.delete(client)
        session.onClose()
      })
    })
    // ws itself refuses a handshake that is not one, and says so on the socket only.
    if (!client.isAttached) session.onClose()
  }

  #makeClient(): ServerClient {
    const { clock, random, maxBacklogBytes } = this.#options
    const state = this.#faultState
    return new ServerClient({
      clock,
      rewrite: state.frames.forClient(),
      delayMs: () => state.delayMs + (state.jitterMs === 0 ? 0 : random() * state.jitterMs),
      readPauseMs: () => state.readPauseMs,
      maxBacklogBytes,
    })
  }

  #accept(client: ServerClient, request: VenueRequest): VenueSession | VenueResponse {
    try {
      return this.#faultState.connectionRefusal ?? this.#handlers.accept(client, request)
    } catch (thrown) {
      this.failures.push(thrown)
      return failed
    }
  }

  #receive(session: VenueSession, client: ServerClient, data: Buffer, isBinary: boolean): void {
    try {
      session.onMessage(data, isBinary)
    } catch (thrown) {
      this.failures.push(thrown)
      client.close(1011, 'the venue emulation failed')
    }
  }
}
