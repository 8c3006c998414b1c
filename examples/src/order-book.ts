// An order book that knows whether it is true. The emulation cuts the connection once: the book says so, and is live again
// when it has been fetched anew.
import { createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT']
const venue = await openVenue(symbols)
const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols,
  channels: ['orderbook'],
  options: venue.options,
  on: {
    stream: ({ symbol, status, reason }) => console.log(`the book of ${symbol} is ${status}: ${reason}`),
    book: (event) => console.log(`${event.kind} of ${event.symbol}`),
  },
})

const book = await feed.awaitBook('BTC/USDT')
for (const { price, size } of book.depth(3).asks.toReversed()) console.log(`          ask ${price}  ${size}`)
for (const { price, size } of book.depth(3).bids) console.log(`          bid ${price}  ${size}`)
console.log(`spread ${book.spread?.toFixed(1)}, buying 1 BTC costs ${book.vwap('asks', 1)?.toFixed(2)} on average`)

if (venue.cut !== null) {
  const gapped = new Promise<void>((resolve) => {
    feed.on('stream', ({ status }) => {
      if (status === 'gapped') resolve()
    })
  })
  venue.cut()
  await gapped
  await feed.awaitBook('BTC/USDT')
  console.log(`live again, with everything up to update ${book.sequence}`)
}

await feed.close()
await venue.close()
