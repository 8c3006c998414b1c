// Alerts of a feed, posted to an address as somebody's webhook takes them: one at a time, tried again, and never in the way of the messages.
// The handler is made slow for a moment, which is an alert, and then quick again, which is its end. The webhook stands in this program.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Alert, createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

/** Posts alerts in their order. What cannot be posted after a few attempts is said, and left out. */
class Webhook {
  readonly #url: string
  #queue: Promise<void> = Promise.resolve()

  constructor(url: string) {
    this.#url = url
  }

  /** Returns at once. */
  post(alert: Alert): void {
    this.#queue = this.#queue.then(() => this.#deliver(alert))
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    return this.#queue
  }

  async #deliver({ exchange, kind, status, severity, reason, advice, docs }: Alert): Promise<void> {
    const body = JSON.stringify({ text: `${exchange}: ${kind} ${status} (${severity}): ${reason}. ${advice}`, docs })
    const headers = { 'content-type': 'application/json' }
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      try {
        const answer = await fetch(this.#url, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) })
        await answer.body?.cancel()
        if (answer.ok) return
      } catch {
        // It is tried again.
      }
      await wait(attempt * 100)
    }
    console.error(`could not be posted: ${body}`)
  }
}

let isOver = (): void => {}
const over = new Promise<void>((resolve) => {
  isOver = resolve
})
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () => {
    response.end()
    const { text } = JSON.parse(body) as { text: string }
    console.log(text)
    if (text.includes('slow-handler cleared')) isOver()
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const webhook = new Webhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)
let isSlow = true
const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols,
  channels: ['trades', 'book_ticker'],
  options: venue.options,
  // So that this example ends soon: by itself an alert has to last for 15 s, and to be over for a minute.
  alerts: { raiseAfterMs: 0, clearAfterMs: 0, pendingMessages: 20 },
  on: {
    message: async () => {
      if (isSlow) await wait(50)
    },
    alert: (alert) => {
      webhook.post(alert)
      if (alert.kind === 'slow-handler' && alert.status === 'raised') isSlow = false
    },
    error: (error) => console.error(error.message),
  },
})
await over

await feed.close()
await venue.close()
await webhook.drained()
server.close()
