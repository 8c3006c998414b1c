import type { PageMessage, ServerMessage } from '../wire.js'

/** How the page's own connection to its server is. */
export type LinkState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'open' }
  /** `nextAttemptAt`: by the page's clock, epoch ms; null while one is under way. */
  | { readonly phase: 'lost'; readonly nextAttemptAt: number | null; readonly loss: Loss }

/**
 * Why the page is told nothing, by the code that its socket was closed with.
 *
 * - `no-token`: the server wants a token, and this is not it (4401)
 * - `full`: as many pages are connected as may be (1013)
 * - `ended`: the command has ended (1001)
 * - `gone`: nothing answers any more
 * - `never`: nothing has answered yet
 */
export type Loss = 'no-token' | 'full' | 'ended' | 'gone' | 'never'

export interface LinkOptions {
  readonly url: string
  readonly protocols: readonly string[]
  readonly onState: (state: LinkState) => void
  readonly onMessage: (message: ServerMessage) => void
}

const firstDelayMs = 500
const longestDelayMs = 10_000
const lossOfCode: ReadonlyMap<number, Loss> = new Map([
  [4401, 'no-token'],
  [1013, 'full'],
  [1001, 'ended'],
])
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
  #loss: Loss = 'never'

  constructor(options: LinkOptions) {
    this.#options = options
  }

  open(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#silence)
    this.#silence = undefined
    this.#socket?.close()
    this.#options.onState(
      this.#failures === 0 ? { phase: 'connecting' } : { phase: 'lost', nextAttemptAt: null, loss: this.#loss },
    )
    const { url, protocols } = this.#options
    const socket = new WebSocket(url, [...protocols])
    this.#socket = socket
    socket.onmessage = ({ data }: MessageEvent) => this.#heard(socket, data)
    socket.onclose = ({ code }: CloseEvent) => this.#ended(socket, lossOfCode.get(code))
  }

  /** Lost while it is not open: the server tells everything anew when it is again. */
  send(message: PageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  /** Open is what is told something: a server that wants a token closes right after it has accepted. */
  #heard(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return
    this.#heardAt = performance.now()
    if (this.#silence === undefined) {
      this.#failures = 0
      this.#loss = 'gone'
      this.#silence = setInterval(() => this.#listenForSilence(socket), 1_000)
      this.#options.onState({ phase: 'open' })
    }
    this.#options.onMessage(JSON.parse(data) as ServerMessage)
  }

  #listenForSilence(socket: WebSocket): void {
    if (performance.now() - this.#heardAt < longestSilenceMs) return
    socket.close()
    // A peer that is gone never answers the close; the browser would wait for it.
    this.#ended(socket, undefined)
  }

  #ended(socket: WebSocket, loss: Loss | undefined): void {
    if (socket !== this.#socket) return
    this.#socket = null
    this.#loss = loss ?? this.#loss
    clearInterval(this.#silence)
    this.#silence = undefined
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures) * (0.75 + Math.random() / 4)
    this.#failures++
    this.#options.onState({ phase: 'lost', nextAttemptAt: Date.now() + delayMs, loss: this.#loss })
    this.#timer = setTimeout(() => this.open(), delayMs)
  }
}
