import { once } from 'node:events'
import { WebSocket } from 'ws'

/** A client that keeps what it received until asked, so that no test races with the server. */
export class CollectingClient {
  readonly socket: WebSocket
  /** The close code. */
  readonly closed: Promise<number>
  readonly #received: (string | Buffer)[] = []
  readonly #waiters: (() => void)[] = []

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false })
    this.socket.on('error', () => {})
    this.socket.on('message', (data, isBinary) => {
      this.#received.push(isBinary ? (data as Buffer) : data.toString())
      for (const wake of this.#waiters.splice(0)) wake()
    })
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  /** Frames received and not yet taken. */
  get unread(): number {
    return this.#received.length
  }

  /** The next frame, as soon as there is one. */
  async next(): Promise<string | Buffer> {
    return (await this.take(1))[0] as string | Buffer
  }

  /** The next `count` frames. */
  async take(count: number): Promise<(string | Buffer)[]> {
    while (this.#received.length < count) await new Promise<void>((resolve) => this.#waiters.push(resolve))
    return this.#received.splice(0, count)
  }

  async open(): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open')
  }

  /** Resolves when everything the server sent before it answered a ping has arrived. */
  async roundTrip(): Promise<void> {
    this.socket.ping()
    await once(this.socket, 'pong')
  }
}
