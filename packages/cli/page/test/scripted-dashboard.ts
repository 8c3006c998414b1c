import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { PageMessage, ServerMessage, StateMessage } from '../../src/commands/dashboard/protocol.js'
import { hello, marketAt, stateAt, storyStart } from './scripted-market.js'

const types: Readonly<Record<string, string>> = {
  '/': 'text/html; charset=utf-8',
  '/app.js': 'text/javascript; charset=utf-8',
  '/app.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
  '/licences.txt': 'text/plain; charset=utf-8',
}

/** What the page's own style and script need, and no more. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

/** Says what a test wants said, so that a page can be seen in states that a feed is hardly ever in. */
export class ScriptedDashboard {
  readonly url: string
  /** What pages said, in order. */
  readonly heard: PageMessage[] = []
  #refusal: number | null = null
  readonly #stop: () => Promise<void>
  readonly #sockets: WebSocketServer
  #state: StateMessage = stateAt(storyStart)

  constructor(url: string, sockets: WebSocketServer, stop: () => Promise<void>) {
    this.url = url
    this.#sockets = sockets
    this.#stop = stop
    sockets.on('connection', (socket) => {
      if (this.#refusal !== null) {
        socket.close(this.#refusal)
        return
      }
      socket.on('message', (data) => this.#hear(socket, JSON.parse(String(data)) as PageMessage))
      say(socket, hello)
      say(socket, stateAt(storyStart))
      if (this.#state.at > storyStart) say(socket, this.#state)
    })
  }

  /** Serves a built page. The port is any free one, or that of one that was stopped. */
  static async start(folder: string, port = 0): Promise<ScriptedDashboard> {
    const server = createServer((request, response) => void answer(folder, request, response))
    const sockets = new WebSocketServer({ server, path: '/live', handleProtocols: () => 'tapewire.dashboard.1' })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const dashboard = new ScriptedDashboard(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      sockets,
      async () => {
        clearInterval(speaking)
        for (const socket of sockets.clients) socket.terminate()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    )
    // A server that says nothing for long is taken for gone.
    const speaking = setInterval(() => dashboard.say(dashboard.#state), 1_000)
    return dashboard
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  say(message: ServerMessage): void {
    if (message.type === 'state') this.#state = message
    for (const socket of this.#sockets.clients) say(socket, message)
  }

  /** Closes every socket, and each that is opened from now on, with this code; null ends it. */
  refuse(code: number | null): void {
    this.#refusal = code
    if (code !== null) for (const socket of this.#sockets.clients) socket.close(code)
  }

  /** Begins its story anew, for pages that are yet to be opened. */
  forget(): void {
    this.#refusal = null
    this.#state = stateAt(storyStart)
    this.heard.length = 0
  }

  stop(): Promise<void> {
    return this.#stop()
  }

  #hear(socket: WebSocket, message: PageMessage): void {
    this.heard.push(message)
    if (message.type !== 'select') return
    const { exchange, symbol } = message
    say(socket, marketAt(200, true, { exchange, symbol }))
  }
}

function say(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message))
}

async function answer(folder: string, { url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const type = types[url]
  if (type === undefined) {
    response.writeHead(404).end()
    return
  }
  const content = await readFile(join(folder, url === '/' ? 'index.html' : url))
  response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(content)
}
