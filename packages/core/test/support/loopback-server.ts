import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Waiting } from './waiting.js'

/** What is done with a handshake: accepted, never answered, cut, or answered with something else. */
export type HandshakeAnswer =
  | 'accept'
  | 'silence'
  | 'cut'
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

/** A WebSocket server on a real loopback socket that does to its clients what it is told. */
export class LoopbackServer {
  /** Handshakes that arrived, accepted or not. */
  readonly handshakes: IncomingMessage[] = []
  readonly clients: WebSocket[] = []
  readonly received: string[] = []
  /** Decides over the handshake with this number, 0 and up. */
  answer: (index: number) => HandshakeAnswer = () => 'accept'
  onClient: (client: WebSocket, index: number) => void = () => {}
  readonly #http: Server
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Waiting()

  private constructor(http: Server) {
    this.#http = http
    const webSockets = new WebSocketServer({ noServer: true })
    http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        this.#waiting.wake()
      })
    })
    http.on('upgrade', (request, socket, head) => {
      const answer = this.answer(this.handshakes.push(request) - 1)
      if (answer === 'accept') webSockets.handleUpgrade(request, socket, head, (client) => this.#accept(client))
      else if (answer === 'cut') socket.destroy()
      else if (answer === 'silence') socket.resume().on('end', () => socket.destroy())
      else socket.end(responseText(answer))
      this.#waiting.wake()
    })
  }

  static async start(): Promise<LoopbackServer> {
    const http = createServer()
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return new LoopbackServer(http)
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/`
  }

  /** TCP connections that are open now. */
  get openSockets(): number {
    return this.#sockets.size
  }

  /** Resolves once `condition` holds; asked anew whenever anything arrives or ends. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#http.close(() => resolve()))
  }

  #accept(client: WebSocket): void {
    const index = this.clients.push(client) - 1
    client.on('error', () => {})
    client.on('message', (data) => {
      this.received.push(String(data))
      this.#waiting.wake()
    })
    client.on('close', () => this.#waiting.wake())
    this.onClient(client, index)
    this.#waiting.wake()
  }
}

function responseText({ status, body = '', headers = {} }: Exclude<HandshakeAnswer, string>): string {
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })
  return `HTTP/1.1 ${status} Answer\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`
}
