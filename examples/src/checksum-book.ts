// An exchange that numbers nothing: whether its order book is true shows by a checksum only. The emulation loses a few
// updates of one book: that one says so, and is live again when it was subscribed anew; the other never notices.
import { createPublicExchange, parseInstrument } from '@tapewire/core'
import { startVenueServer } from '@tapewire/testkit'
import { nimbusSpot } from 'tapewire-exchange-nimbus'
import { nimbusSpotVenue } from 'tapewire-exchange-nimbus/testing'

const pairs = [parseInstrument('BTC/USDT'), parseInstrument('ETH/USDT')]
const server = await startVenueServer({ venue: nimbusSpotVenue, pairs, intervalMs: 2 })

let isBack = (): void => {}
const back = new Promise<void>((resolve) => {
  isBack = resolve
})
const feed = await createPublicExchange({
  exchange: nimbusSpot,
  symbols: pairs,
  channels: ['orderbook'],
  options: { url: server.url },
  on: {
    book: (event) => {
      if (event.kind !== 'gap' && event.kind !== 'resync') return
      console.log(`${event.kind} of ${event.symbol}: ${event.reason}`)
      if (event.kind === 'resync') isBack()
    },
  },
})

for (const pair of pairs) {
  const { price, size } = (await feed.awaitBook(pair)).bidDigits(0) ?? { price: 'none', size: 'none' }
  console.log(`best bid of ${pair}, as it was sent: ${size} at ${price}`)
}
server.venue.control.skipUpdates(parseInstrument('ETH/USDT'), 5)
await back
console.log(`${pairs[1]} is live again, best bid ${feed.orderBook('ETH/USDT')?.bidDigits(0)?.price}`)

await feed.close()
await server.close()
