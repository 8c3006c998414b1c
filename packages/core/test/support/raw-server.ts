import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type ClientFrame, readClientFrame } from './client-frame.js'
import { Waiting } from './waiting.js'

/** What a server says to a handshake; null says nothing. */
export type Answer = (peer: RawPeer) => string | Buffer | null

/** One connection from the server's side, in bytes: for what no well-behaved server would send. Without `answer` there is no handshake to wait for. */
export class RawPeer {
  readonly socket: Socket
  /** The handshake, once its headers are whole. */
  request: string = ''
  /** The frames the client has sent. */
  readonly frames: ClientFrame[] = []
  isEnded: boolean = false
  readonly #waiting: Waiting = new Waiting()
  #unread = Buffer.alloc(0)

  constructor(socket: Socket, answer: Answer | null) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, chunk])
      if (answer !== null && this.request === '') this.#readRequest(answer)
      else this.#readFrames()
      this.#waiting.wake()
    })
    socket.on('end', () => {
      this.isEnded = true
      this.#waiting.wake()
    })
    socket.on('error', () => {})
    socket.on('close', this.#waiting.wake)
  }

  /** A header of the handshake; '' where it is missing. */
  header(name: string): string {
    return new RegExp(`^${name}: (.*)$`, 'im').exec(this.request)?.[1] ?? ''
  }

  /** The answer that accepts the handshake. */
  acceptance(...extraHeaders: readonly string[]): string {
    const accept = createHash('sha1')
      .update(`${this.header('Sec-WebSocket-Key')}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    const lines = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, ...extraHeaders]
    return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`
  }

  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  #readRequest(answer: Answer): void {
    const end = this.#unread.indexOf('\r\n\r\n')
    if (end < 0) return
    this.request = this.#unread.toString('latin1', 0, end)
    this.#unread = this.#unread.subarray(end + 4)
    const reply = answer(this)
    if (reply !== null) this.socket.write(reply)
  }

  #readFrames(): void {
    for (let frame = readClientFrame(this.#unread); frame !== null; frame = readClientFrame(this.#unread)) {
      this.frames.push(frame)
      this.#unread = this.#unread.subarray(frame.size)
    }
  }
}

/** A TCP server that answers handshakes as it is told and leaves the rest to the test. It keeps its half of a connection that the client has ended. */
export class RawServer {
  readonly peers: RawPeer[] = []
  readonly #server: Server
  readonly #waiting: Waiting = new Waiting()

  private constructor(answer: Answer) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.peers.push(new RawPeer(socket, answer))
      this.#waiting.wake()
    })
  }

  /** By default it accepts every handshake. */
  static async start(answer: Answer = (peer) => peer.acceptance()): Promise<RawServer> {
    const server = new RawServer(answer)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** The latest connection, once there is one. */
  async peer(): Promise<RawPeer> {
    await this.#waiting.until(() => this.peers.length > 0)
    return this.peers.at(-1) as RawPeer
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
