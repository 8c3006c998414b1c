// An exchange that pushes so many messages a second of everything that its client asked for, in a process of its own.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock } from '@tapewire/core/adapter'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { createRandom } from '@tapewire/testkit'
import { type WebSocket, WebSocketServer } from 'ws'
import { GateioTape } from '../load/gateio-tape.js'
import { serverFrame } from '../load/server-frame.js'
import { commands, report } from './child-side.js'

export type TapeCommand =
  | { readonly kind: 'start'; readonly symbols: readonly string[]; readonly messagesPerSecond: number }
  | { readonly kind: 'count' }

export type TapeReport =
  | { readonly kind: 'listening'; readonly url: string; readonly restUrl: string }
  /** Messages sent so far. */
  | { readonly kind: 'counted'; readonly messages: number }

/** What is due is written this often, ms. */
const tickMs = 5
/** The load begins when a client has asked for nothing more for so long, ms. */
const quietMs = 1_000
/** Nothing is written to a client that so many bytes wait for: what was due is then not sent, nor counted. */
const mostWaitingBytes = 4_000_000

class TapeExchange {
  readonly #tape: GateioTape
  readonly #messagesPerMs: number
  messages = 0

  constructor(symbols: readonly string[], messagesPerSecond: number) {
    this.#tape = new GateioTape(
      symbols.map((symbol) => symbol.replace('/', '_')),
      createRandom(20_261_127),
    )
    this.#messagesPerMs = messagesPerSecond / 1_000
  }

  listen(): void {
    const server = createServer((request, response) => this.#answer(request, response))
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })
    server.on('upgrade', (request, socket: Socket, head) => {
      socket.setNoDelay(true)
      sockets.handleUpgrade(request, socket, head, (client) => this.#serve(client, socket))
    })
    server.listen(0, '127.0.0.1', () => {
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
      report<TapeReport>({ kind: 'listening', url: `ws://${address}/`, restUrl: `http://${address}` })
    })
  }

  #serve(client: WebSocket, socket: Socket): void {
    let starting: NodeJS.Timeout | undefined
    let pump: NodeJS.Timeout | undefined
    client.on('error', () => {})
    client.on('message', (data) => {
      for (const answer of gateioSpotEmulation.acknowledge(data.toString(), systemClock.now())) client.send(answer)
      if (pump !== undefined) return
      clearTimeout(starting)
      starting = setTimeout(() => {
        pump = this.#pump(socket)
      }, quietMs)
    })
    client.on('close', () => {
      clearTimeout(starting)
      clearInterval(pump)
    })
  }

  #pump(socket: Socket): NodeJS.Timeout {
    let paidUntil = systemClock.now()
    return setInterval(() => {
      const now = systemClock.now()
      const due = Math.floor((now - paidUntil) * this.#messagesPerMs)
      paidUntil += due / this.#messagesPerMs
      if (due === 0 || socket.writableLength > mostWaitingBytes) return
      const wallTime = Date.now()
      socket.write(Buffer.concat(Array.from({ length: due }, () => serverFrame(this.#tape.next(wallTime)))))
      this.messages += due
    }, tickMs)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const isBook = pathname === '/spot/order_book'
    const book = isBook ? this.#tape.book(searchParams.get('currency_pair') ?? '', Date.now()) : null
    response.writeHead(book === null ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(book ?? {}))
  }
}

let exchange: TapeExchange | null = null
commands<TapeCommand>((command) => {
  if (command.kind === 'count') {
    report<TapeReport>({ kind: 'counted', messages: exchange?.messages ?? 0 })
    return
  }
  exchange = new TapeExchange(command.symbols, command.messagesPerSecond)
  exchange.listen()
})
