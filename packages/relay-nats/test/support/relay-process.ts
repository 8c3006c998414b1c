// Relays a feed of an emulation, in a process of its own that can be killed: its arguments are the addresses of NATS, of the emulation's socket and of its REST.
import { createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { relay } from '../../src/index.js'

const [servers = '', url = '', restUrl = ''] = process.argv.slice(2)
const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols: ['BTC/USDT'],
  channels: ['orderbook', 'trades'],
  options: { url, restUrl },
})
await relay(feed, { servers, beatIntervalMs: 50 })
process.send?.('relaying')
process.on('disconnect', () => process.exit())
