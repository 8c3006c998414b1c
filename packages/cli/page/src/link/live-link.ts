import type { PageMessage, ServerMessage } from '../wire.js'

/** How the page's own connection to its server is. */
export type LinkState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'open' }
  /** `nextAttemptAt`: by the page's clock, epoch ms; null while one is under way. `hasOpened`: whether it ever was open. */
  | { readonly phase: 'lost'; readonly nextAttemptAt: number | null; readonly hasOpened: boolean }

export interface LinkOptions {
  readonly url: string
  readonly protocols: readonly string[]
  readonly onState: (state: LinkState) => void
  readonly onMessage: (message: ServerMessage) => void
}

const firstDelayMs = 500
const longestDelayMs = 10_000
/** The server tells its state every second: one that is silent for so long is gone, whatever the socket says. */
const longestSilenceMs = 8_000

/** The page's socket: opened again, after growing delays, for as long as the page is there. */
export class LiveLink {
  readonly #options: LinkOptions
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setInterval> | undefined
  #heardAt = 0
  #failures = 0
  #hasOpened = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  open(): void {
    clearTimeout(this.#timer)
    this.#socket?.close()
    this.#options.onState(
      this.#failures === 0
        ? { phase: 'connecting' }
        : { phase: 'lost', nextAttemptAt: null, hasOpened: this.#hasOpened },
    )
    const { url, protocols } = this.#options
    const socket = new WebSocket(url, [...protocols])
    this.#socket = socket
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = ({ data }: MessageEvent) => this.#heard(socket, data)
    socket.onclose = () => this.#ended(socket)
  }

  /** Lost while it is not open: the server tells everything anew when it is again. */
  send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #opened(socket: WebSocket): void {
    if (socket !== this.#socket) return
    this.#failures = 0
    this.#hasOpened = true
    this.#heardAt = performance.now()
    clearInterval(this.#silence)
    this.#silence = setInterval(() => this.#listenForSilence(socket), 1_000)
    this.#options.onState({ phase: 'open' })
  }

  #heard(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return
    this.#heardAt = performance.now()
    this.#options.onMessage(JSON.parse(data) as ServerMessage)
  }

  #listenForSilence(socket: WebSocket): void {
    if (performance.now() - this.#heardAt < longestSilenceMs) return
    socket.close()
    // A peer that is gone never answers the close; the browser would wait for it.
    this.#ended(socket)
  }

  #ended(socket: WebSocket): void {
    if (socket !== this.#socket) return
    this.#socket = null
    clearInterval(this.#silence)
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures) * (0.75 + Math.random() / 4)
    this.#failures++
    this.#options.onState({ phase: 'lost', nextAttemptAt: Date.now() + delayMs, hasOpened: this.#hasOpened })
    this.#timer = setTimeout(() => this.open(), delayMs)
  }
}
