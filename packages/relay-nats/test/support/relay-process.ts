// Relays a feed of an emulation, in a process of its own that can be killed: its arguments are the addresses of NATS, of the emulation's socket and of its REST, and channels that NATS is to keep.
import { createPublicExchange, type PublicChannel } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { relay } from '../../src/index.js'

const [servers = '', url = '', restUrl = '', ...kept] = process.argv.slice(2)
const channels = kept as PublicChannel[]
const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols: ['BTC/USDT'],
  channels: ['orderbook', 'trades'],
  options: { url, restUrl },
})
await relay(feed, { servers, beatIntervalMs: 50, ...(channels.length > 0 ? { marketRetention: { channels } } : {}) })
process.send?.('relaying')
process.on('disconnect', () => process.exit())
