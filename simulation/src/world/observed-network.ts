import type {
  Network,
  NetworkAnswer,
  NetworkEnv,
  NetworkRequest,
  SocketAddress,
  Transport,
  TransportListener,
} from '@tapewire/core/adapter'

/** One transport as the client holds it. */
interface Held {
  readonly id: number
  /** It was terminated, or has told its end: nothing of it may have an effect any more. */
  isDead: boolean
  hasToldEnd: boolean
}

/** What is noted of a network's use. */
export interface NetworkNotes {
  opening(id: number): void
  opened(id: number): void
  failed(id: number, error: unknown): void
  sent(id: number, text: string): void
  ended(id: number, code: number): void
}

/** A network that knows of which socket a frame is being read at the moment, and whether that socket should still be heard. */
export class ObservedNetwork implements Network {
  readonly #network: Network
  readonly #notes: NetworkNotes
  #opened = 0
  /** The number of the socket of which a frame is being read, where it was dead before that frame; null where there is none. */
  #deadReading: number | null = null

  constructor(network: Network, notes: NetworkNotes) {
    this.#network = network
    this.#notes = notes
  }

  /** The number of the dead socket of which a frame is being read right now; null where there is none. */
  get deadSocketBeingRead(): number | null {
    return this.#deadReading
  }

  async openSocket(address: SocketAddress, env: NetworkEnv): Promise<Transport> {
    this.#opened += 1
    const held: Held = { id: this.#opened, isDead: false, hasToldEnd: false }
    this.#notes.opening(held.id)
    try {
      const transport = await this.#network.openSocket(address, env)
      this.#notes.opened(held.id)
      return this.#observed(transport, held)
    } catch (thrown) {
      this.#notes.failed(held.id, thrown)
      throw thrown
    }
  }

  request(request: NetworkRequest, env: NetworkEnv): Promise<NetworkAnswer> {
    return this.#network.request(request, env)
  }

  #observed(transport: Transport, held: Held): Transport {
    const notes = this.#notes
    return {
      listen: (listener) => transport.listen(this.#observing(listener, held)),
      send: (data) => {
        const isSent = transport.send(data)
        if (isSent) notes.sent(held.id, typeof data === 'string' ? data : `${data.length} bytes`)
        return isSent
      },
      ping: () => transport.ping(),
      pause: () => transport.pause(),
      resume: () => transport.resume(),
      get bufferedBytes() {
        return transport.bufferedBytes
      },
      close: (code, reason) => transport.close(code, reason),
      terminate: () => {
        held.isDead = true
        transport.terminate()
      },
    }
  }

  #observing(listener: TransportListener, held: Held): TransportListener {
    return {
      onFrame: (frame) => {
        // What the frame itself makes an end of is still told.
        this.#deadReading = held.isDead ? held.id : null
        try {
          listener.onFrame(frame)
        } finally {
          this.#deadReading = null
        }
      },
      onPong: () => listener.onPong(),
      onClose: (close) => {
        held.isDead = true
        // Whoever listens to it later is told again.
        if (!held.hasToldEnd) this.#notes.ended(held.id, close.code)
        held.hasToldEnd = true
        listener.onClose(close)
      },
    }
  }
}
