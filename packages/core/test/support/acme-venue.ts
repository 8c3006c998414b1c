import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Waiting } from './waiting.js'

/** A request as acme's clients send it. */
export interface AcmeRequest {
  readonly op: 'subscribe' | 'unsubscribe' | 'ping'
  readonly id: number
  readonly streams: readonly string[]
}

/** One connected client, from the server's side. */
export class AcmeClient {
  readonly socket: WebSocket
  readonly requests: AcmeRequest[] = []
  readonly streams: Set<string> = new Set()

  constructor(socket: WebSocket) {
    this.socket = socket
  }

  push(stream: string, value: number): void {
    this.socket.send(JSON.stringify({ stream, value }))
  }
}

/** A made-up exchange on a real loopback socket: JSON requests with ids, acknowledgements, pongs, one number a message. */
export class AcmeVenue {
  readonly clients: AcmeClient[] = []
  /** Streams that are refused. */
  readonly refused: Set<string> = new Set()
  /** Streams that are refused for the moment. */
  readonly busy: Set<string> = new Set()
  /** Whether one refused stream takes the whole request with it: `named`, the answer says which it is. */
  refusesWhole: 'no' | 'named' | 'unnamed' = 'no'
  /** Whether every subscription is refused because of who asks. */
  denies: boolean = false
  /** As many of the next requests are refused for their time. */
  lateRequests: number = 0
  /** Whether requests and pings are answered. */
  answers: boolean = true
  /** Which requests wait for `release()` before they are answered. */
  withholds: (request: AcmeRequest) => boolean = () => false
  /** Status with which handshakes are refused; 0 accepts them. */
  refuseWith: number = 0
  /** When those who are refused are to return, s; 0 is not said. */
  retryAfterS: number = 0
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #waiting = new Waiting()
  readonly #withheld: (() => void)[] = []

  private constructor(http: Server) {
    this.#http = http
    this.#sockets = new WebSocketServer({ noServer: true })
    http.on('upgrade', (request, socket, head) => {
      // A client that is terminated resets its connection.
      socket.on('error', () => {})
      if (this.refuseWith !== 0) {
        const retryAfter = this.retryAfterS === 0 ? '' : `Retry-After: ${this.retryAfterS}\r\n`
        socket.end(`HTTP/1.1 ${this.refuseWith} Refused\r\n${retryAfter}Content-Length: 0\r\nConnection: close\r\n\r\n`)
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#accept(client))
    })
  }

  static async start(): Promise<AcmeVenue> {
    const http = createServer()
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return new AcmeVenue(http)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`
  }

  /** The clients that are connected now. */
  get connected(): readonly AcmeClient[] {
    return this.clients.filter((client) => client.socket.readyState === client.socket.OPEN)
  }

  /** Resolves once `condition` holds; asked anew whenever a client connects, sends or goes. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  /** Answers what was withheld, in order. */
  release(): void {
    for (const answer of this.#withheld.splice(0)) answer()
  }

  /** Sends a value to every client that subscribed the stream. */
  push(stream: string, value: number): void {
    for (const client of this.connected) if (client.streams.has(stream)) client.push(stream, value)
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.socket.terminate()
    this.#http.closeAllConnections()
    await new Promise<void>((resolve) => this.#http.close(() => resolve()))
  }

  #accept(socket: WebSocket): void {
    const client = new AcmeClient(socket)
    this.clients.push(client)
    socket.on('message', (data) => {
      const request = JSON.parse(String(data)) as AcmeRequest
      client.requests.push(request)
      if (this.answers && this.withholds(request)) this.#withheld.push(() => this.#answer(client, request))
      else if (this.answers) this.#answer(client, request)
      this.#waiting.wake()
    })
    socket.on('close', this.#waiting.wake)
    this.#waiting.wake()
  }

  #answer(client: AcmeClient, request: AcmeRequest): void {
    if (request.op === 'ping') {
      client.socket.send(JSON.stringify({ pong: true }))
      return
    }
    const { op, id, streams } = request
    if (this.lateRequests > 0) {
      this.lateRequests -= 1
      client.socket.send(JSON.stringify({ ack: op, id, late: 'too late' }))
      return
    }
    const isSubscribe = op === 'subscribe'
    if (isSubscribe && this.denies) {
      client.socket.send(JSON.stringify({ ack: op, id, denied: 'bad key' }))
      return
    }
    const busy = streams.filter((stream) => isSubscribe && this.busy.has(stream))
    const rejected = streams.filter((stream) => isSubscribe && this.refused.has(stream))
    const isWhole = this.refusesWhole !== 'no' && rejected.length > 0
    for (const stream of streams) {
      if (!isSubscribe) client.streams.delete(stream)
      else if (!isWhole && ![...rejected, ...busy].includes(stream)) client.streams.add(stream)
    }
    const why = 'one is unknown'
    const whole = this.refusesWhole === 'unnamed' ? { split: why } : { rejected, whole: why }
    client.socket.send(JSON.stringify({ ack: op, id, ...(isWhole ? whole : { rejected, busy }) }))
  }
}
