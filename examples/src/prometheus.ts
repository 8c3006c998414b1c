// The metrics of a market and of an account on one port, as Prometheus scrapes them. This program scrapes itself once, and ends; with --live it goes on until Ctrl-C.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPrivateExchange, createPublicExchange } from '@tapewire/core'
import { prometheusMetrics } from '@tapewire/core/prometheus'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)
const isLive = venue.cut === null
const market = await createPublicExchange({ exchange: gateioSpot, symbols, options: venue.options })
const account = await createPrivateExchange({
  exchange: gateioSpot,
  credentials: isLive
    ? { apiKey: process.env.GATEIO_KEY ?? '', apiSecret: process.env.GATEIO_SECRET ?? '' }
    : gateioSpotEmulation.credentials,
  options: venue.options,
})

const names = new Map<unknown, string>([
  [market, 'market'],
  [account, 'account'],
])
const registry = prometheusMetrics([market, account], { nameOf: (feed) => names.get(feed) ?? 'other' })
const server = createServer((request, response) => {
  if (request.url !== '/metrics') {
    response.writeHead(404).end()
    return
  }
  registry.metrics().then(
    (text) => response.setHeader('Content-Type', registry.contentType).end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
})
server.listen(isLive ? 9464 : 0, '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
console.log(`metrics at ${address}`)

if (isLive) {
  await once(process, 'SIGINT')
} else {
  await market.awaitBook('BTC/USDT')
  const text = await (await fetch(address)).text()
  for (const line of text.split('\n'))
    if (/^tapewire_(messages_total|connection_up|live_books)\{.* [1-9]/.test(line)) console.log(line)
}

server.close()
server.closeAllConnections()
await Promise.all([market.close(), account.close()])
await venue.close()
