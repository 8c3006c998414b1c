import type { OnReadOpts, Socket } from 'node:net'

/** So much is read from a socket at once, bytes: what Node itself reads. */
const readBytes = 64 * 1024

/** Receives what was read: the first `length` bytes of `bytes`, which are valid only until the call returns. */
export type ReadListener = (bytes: Buffer, length: number) => void

/**
 * All connections read into the same memory: a read is over with before the next one begins. Otherwise Node makes a buffer for each, and collecting those is a
 * pause that messages wait for: `--trace-gc` shows it in `npm run bench -- latency`.
 */
const memory = Buffer.allocUnsafeSlow(readBytes)

/** What one socket reads: first for the HTTP client that shakes hands on it, then for whoever listens. */
export class SocketReads {
  #socket: Socket | null = null
  #listener: ReadListener | null = null

  /** The option that a socket is made with, so that it reads into the shared memory. An agent may ignore it; its sockets then make a buffer for each read, as Node's do. */
  get onread(): OnReadOpts {
    return { buffer: memory, callback: (length) => this.#take(length) }
  }

  /** The socket that the HTTP client was given. */
  set socket(socket: Socket) {
    this.#socket = socket
  }

  /** From now on everything goes to `listener`. */
  listen(socket: Socket, listener: ReadListener): void {
    this.#listener = listener
    socket.on('data', (bytes: Buffer) => listener(bytes, bytes.length))
  }

  /** False ends reading for now, as `push` asks for. */
  #take(length: number): boolean {
    if (this.#listener === null) return this.#socket?.push(Buffer.from(memory.subarray(0, length))) ?? true
    this.#listener(memory, length)
    return true
  }
}
