import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { type WebSocket, WebSocketServer } from 'ws'
import { listenOn } from '../../../http/listen-on.js'
import { isOwnHost } from '../../../http/own-host.js'
import type { LiveFeed } from '../../../live/live-feed.js'
import { readPageMessage } from '../messages/read-page-message.js'
import { SharedTexts } from '../messages/shared-texts.js'
import { StateWatch } from '../messages/state-watch.js'
import type { HelloMessage, LivePath, LiveSubprotocol } from '../protocol.js'
import { type Access, hasToken, isOwnOrigin, offeredProtocols } from './access.js'
import { closeSocket } from './close-socket.js'
import { PageClient } from './page-client.js'
import type { PageFiles } from './page-files.js'
import { pageHeaders } from './page-headers.js'

const livePath: LivePath = '/live'
const subprotocol: LiveSubprotocol = 'tapewire.dashboard.1'

/** What a page sends is a few words. */
const maxMessageBytes = 4_096
const stateEveryMs = 1_000
const pingEveryMs = 10_000
/** How long the end waits for who does not leave. */
const closeTimeoutMs = 1_500
/** 20 a second. */
const usualFrameMs = 50
const usualMaxPages = 20
/** Of all kinds: pages that load, and those that are connected. */
const maxConnections = 200
const requestTimeoutMs = 10_000

export interface DashboardOptions extends Access {
  readonly feeds: readonly LiveFeed[]
  readonly files: PageFiles
  /** 0 takes a free one. */
  readonly port: number
  /** Of the command. */
  readonly version: string
  /** The shortest time between two messages of the market, ms. Default 50. */
  readonly frameMs?: number
  /** Pages connected at once. Default 20. */
  readonly maxPages?: number
  readonly clock?: Clock
}

/** What the server has refused so far. */
export interface Refusals {
  /** Requests by a name that is not ours, and sockets of another origin. */
  foreign: number
  /** Sockets without the token. */
  tokens: number
  /** Pages beyond the most there may be. */
  pages: number
  /** Messages that cannot be meant. */
  messages: number
}

/** Serves the page, and shows it the feeds over a WebSocket. Its timers run while a page is connected. */
export class DashboardServer {
  readonly refused: Refusals = { foreign: 0, tokens: 0, pages: 0, messages: 0 }
  readonly #options: DashboardOptions
  readonly #clock: Clock
  readonly #http: Server
  readonly #sockets: WebSocketServer
  readonly #pages = new Map<WebSocket, PageClient>()
  readonly #hello: HelloMessage
  /** Those that have not answered the last ping. */
  readonly #unanswered = new WeakSet<WebSocket>()
  readonly #texts = new SharedTexts()
  readonly #watches: readonly StateWatch[]
  readonly #open = new Set<Socket>()
  #timers: readonly Repetition[] = []

  constructor(options: DashboardOptions) {
    const { feeds, version, clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    const exchanges = feeds.map(({ exchange: name, title, isEmulated, symbols, channels }) => {
      return { name, title, isEmulated, symbols, channels }
    })
    this.#watches = feeds.map((feed) => new StateWatch(feed))
    this.#hello = { type: 'hello', version, exchanges }
    this.#http = createServer((request, response) => this.#serve(request, response))
    this.#http.requestTimeout = requestTimeoutMs
    this.#http.maxConnections = maxConnections
    this.#http.on('connection', (socket) => {
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
    })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    })
  }

  /** Resolves with the addresses of the page, the token in their fragment, the one for this machine first. Rejects with `ERR_PORT_IN_USE` and `ERR_SERVER_FAILED`. */
  async listen(): Promise<readonly [string, ...string[]]> {
    const { host, port, token } = this.#options
    const bound = await listenOn(this.#http, { host, port }, 'The dashboard')
    // What is wrong with one connection is no matter of the server's.
    this.#http.on('error', () => {})
    const [own, ...others] = namesOf(host)
    const address = (name: string): string => `http://${name}:${bound}/${token === null ? '' : `#token=${token}`}`
    return [address(own), ...others.map(address)]
  }

  /** Pages connected now. */
  get pages(): number {
    return this.#pages.size
  }

  /** Ends every page; resolves when no socket is left. */
  async close(): Promise<void> {
    this.#stopTimers()
    for (const page of this.#pages.values()) page.close(1001)
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    this.#http.closeAllConnections()
    const giveUp = this.#clock.setTimer(closeTimeoutMs, () => {
      for (const socket of this.#open) socket.destroy()
    })
    await closed
    giveUp.cancel()
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { host } = request.headers
    if (!isOwnHost(this.#options, host)) {
      this.refused.foreign += 1
      end(response, 421, 'This server is not known by that name.')
      return
    }
    for (const [name, value] of Object.entries(pageHeaders(host as string))) response.setHeader(name, value)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      end(response, 405, 'There is nothing to be sent here.')
      return
    }
    const file = this.#options.files.get(request.url?.split('?', 1)[0] ?? '')
    if (file === undefined) {
      end(response, 404, 'There is no such file.')
      return
    }
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.content.length })
    response.end(request.method === 'HEAD' ? undefined : file.content)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, origin } = request.headers
    // Whoever leaves during the handshake throws nothing here.
    socket.on('error', () => socket.destroy())
    if (!isOwnHost(this.#options, host)) {
      this.refused.foreign += 1
      refuse(socket, '421 Misdirected Request')
    } else if (!isOwnOrigin(origin, host)) {
      this.refused.foreign += 1
      refuse(socket, '403 Forbidden')
    } else if (request.url !== livePath) {
      refuse(socket, '404 Not Found')
    } else {
      const offered = offeredProtocols(request.headers['sec-websocket-protocol'])
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#admit(accepted, offered))
    }
  }

  /** Says by a close code what is wrong, which a page can read; a refused handshake tells it nothing. */
  #admit(socket: WebSocket, offered: readonly string[]): void {
    const { frameMs = usualFrameMs, maxPages = usualMaxPages } = this.#options
    // What a page sends against the protocol ends its socket, and nothing else.
    socket.on('error', () => socket.terminate())
    if (!hasToken(this.#options, offered)) {
      this.refused.tokens += 1
      closeSocket(socket, 4401, this.#clock)
      return
    }
    if (this.#pages.size >= maxPages) {
      this.refused.pages += 1
      closeSocket(socket, 1013, this.#clock)
      return
    }
    const page = new PageClient({ socket, watches: this.#watches, frameMs, texts: this.#texts, clock: this.#clock })
    this.#pages.set(socket, page)
    socket.on('pong', () => this.#unanswered.delete(socket))
    socket.on('close', () => this.#onLeft(socket))
    socket.on('message', (data, isBinary) => {
      if (page.admit(this.#clock.now())) this.#onMessage(page, isBinary ? '' : String(data))
    })
    page.greet(this.#hello)
    const now = this.#clock.now()
    for (const watch of this.#watches) watch.look(now)
    page.tellStates(now)
    this.#startTimers(frameMs)
  }

  #onMessage(page: PageClient, text: string): void {
    const message = readPageMessage(text)
    if (message === null || !page.answer(message)) this.refused.messages += 1
  }

  #onLeft(socket: WebSocket): void {
    this.#pages.delete(socket)
    if (this.#pages.size === 0) this.#stopTimers()
  }

  #startTimers(frameMs: number): void {
    if (this.#timers.length > 0) return
    this.#timers = [
      new Repetition(this.#clock, frameMs, () => this.#tellMarkets()),
      new Repetition(this.#clock, stateEveryMs, () => this.#tellStates()),
      new Repetition(this.#clock, pingEveryMs, () => this.#pingPages()),
    ]
  }

  #stopTimers(): void {
    for (const timer of this.#timers) timer.stop()
    this.#timers = []
  }

  #tellMarkets(): void {
    const now = this.#clock.now()
    for (const page of this.#pages.values()) page.tellMarket(now)
  }

  #tellStates(): void {
    const now = this.#clock.now()
    for (const watch of this.#watches) watch.look(now)
    for (const page of this.#pages.values()) page.tellStates(now)
  }

  /** A page whose machine is asleep or gone answers no ping, and is ended at the next one. */
  #pingPages(): void {
    for (const socket of this.#pages.keys()) {
      if (this.#unanswered.has(socket)) {
        socket.terminate()
      } else {
        this.#unanswered.add(socket)
        socket.ping()
      }
    }
  }
}

/** Does something every so often, until it is stopped. */
class Repetition {
  #timer: Timer

  constructor(clock: Clock, everyMs: number, work: () => void) {
    const again = (): Timer =>
      clock.setTimer(everyMs, () => {
        this.#timer = again()
        work()
      })
    this.#timer = again()
  }

  stop(): void {
    this.#timer.cancel()
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`${text}\n`)
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

/** What a browser opens, of this machine first: an address that means all of them is none. */
function namesOf(host: string): readonly [string, ...string[]] {
  if (host !== '0.0.0.0' && host !== '::') return [host.includes(':') ? `[${host}]` : host]
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  const others = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)
  return ['127.0.0.1', ...others.map(({ address }) => address)]
}
