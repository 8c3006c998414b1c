import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP relay in front of a server: what the network does to a connection below its frames. */
export class Relay {
  readonly #server: Server
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>()
  #cutsNext = false

  private constructor(port: number) {
    this.#server = createServer((client) => this.#relay(client, connect(port, '127.0.0.1')))
  }

  /** Relays to what listens at this URL's port. */
  static async open(url: string): Promise<Relay> {
    const relay = new Relay(Number(new URL(url).port))
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve))
    return relay
  }

  /** `ws://127.0.0.1:PORT/` */
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Passes the first half of what the server sends next, and ends the connection. */
  cutNext(): void {
    this.#cutsNext = true
  }

  /** Sends clients these bytes as if they came from the server. */
  inject(bytes: Uint8Array): void {
    for (const [client] of this.#pairs) client.write(bytes)
  }

  /** Resolves when no socket is left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
    await closed
  }

  #relay(client: Socket, server: Socket): void {
    const pair = [client, server] as const
    this.#pairs.add(pair)
    client.setNoDelay(true)
    server.setNoDelay(true)
    const end = (): void => {
      this.#pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes) => {
      if (!this.#cutsNext) {
        client.write(bytes)
        return
      }
      this.#cutsNext = false
      // Half of a frame, and nothing after it: the client's socket ends once it has been sent.
      client.end(bytes.subarray(0, Math.ceil(bytes.length / 2)))
      server.destroy()
    })
  }
}
