// The sending half of a measurement, in a process of its own: an exchange that acknowledges, and then writes prebuilt frames.
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { systemClock } from '@tapewire/core/adapter'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import type { ExchangeEmulation } from '@tapewire/testkit'
import { type WebSocket, WebSocketServer } from 'ws'
import { ConnectionLoad } from '../load/connection-load.js'
import { FloodPump, PacedPump, type Pump } from '../load/pumps.js'
import type { SenderCommand, SenderReport, SenderSettings, Sent } from '../load/sender-messages.js'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'

const emulations: Readonly<Record<Venue, ExchangeEmulation>> = { gateio: gateioSpotEmulation, mexc: mexcSpotEmulation }

interface Client {
  readonly socket: Socket
  /** Everything it asked for. */
  asked: string
}

class Sender {
  readonly #settings: SenderSettings
  readonly #clients: Client[] = []
  #running: { readonly load: ConnectionLoad; readonly pump: Pump }[] = []

  constructor(settings: SenderSettings) {
    this.#settings = settings
  }

  listen(): void {
    const server = createServer((_request, response) => response.writeHead(404).end('{}'))
    const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })
    server.on('upgrade', (request, socket: Socket, head) => {
      socket.setNoDelay(true)
      webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket, socket))
    })
    server.listen(0, '127.0.0.1', () => {
      report<SenderReport>({ kind: 'listening', port: (server.address() as AddressInfo).port })
    })
  }

  begin(startNs: bigint, warmupMessages: number): void {
    const { pace } = this.#settings
    const { length } = this.#clients
    this.#running = this.#clients.map((client) => {
      const load = new ConnectionLoad(this.#streamsOf(client))
      const pump =
        pace === 'flood'
          ? new FloodPump(client.socket, load)
          : new PacedPump(client.socket, load, {
              startNs,
              messagesPerSecond: pace.messagesPerSecond / length,
              warmupMessages: warmupMessages / length,
            })
      return { load, pump }
    })
  }

  async stop(): Promise<void> {
    const counts = await Promise.all(this.#running.map(({ pump }) => pump.stop()))
    const sent = this.#running.map(({ load, pump }, index): Sent => {
      const messages = counts[index] as number
      const bytes = messages * (load.block.length / load.frames)
      return { kind: 'sent', messages, bytes, checksum: load.checksum(messages), lateness: pump.lateness }
    })
    const sum = (measure: (part: Sent) => number): number => sent.reduce((total, part) => total + measure(part), 0)
    report<SenderReport>({
      kind: 'sent',
      messages: sum(({ messages }) => messages),
      checksum: sum(({ checksum }) => checksum),
      bytes: sum(({ bytes }) => bytes),
      lateness: sent[0]?.lateness ?? null,
    })
  }

  #serve(webSocket: WebSocket, socket: Socket): void {
    const client: Client = { socket, asked: '' }
    this.#clients.push(client)
    webSocket.on('error', () => {})
    webSocket.on('close', () => this.#clients.splice(this.#clients.indexOf(client), 1))
    webSocket.on('message', (data) => {
      const message = data.toString()
      client.asked += message
      const answers = emulations[this.#settings.venue].acknowledge(message, systemClock.now())
      for (const answer of answers) webSocket.send(answer)
      if (this.#settings.mode === 'load') return
      const stream = this.#streamsOf(client)[0]
      if (stream !== undefined) webSocket.send(stream.contents[0] as string | Buffer)
    })
  }

  /** The streams a client asked for, and those that everybody gets. */
  #streamsOf({ asked }: Client): SenderSettings['streams'] {
    return this.#settings.streams.filter(({ key }) => key === null || asked === '' || asked.includes(key))
  }
}

let sender: Sender | null = null
commands<SenderCommand>(async (command) => {
  if (command.kind === 'start') {
    sender = new Sender(command.settings)
    sender.listen()
  } else if (command.kind === 'begin') {
    sender?.begin(command.startNs, command.warmupMessages)
  } else {
    await sender?.stop()
  }
})
