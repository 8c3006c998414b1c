// An exchange from a package that tapewire knows nothing about. `acme_spot` is found because `tapewire-exchange-acme` is
// installed here; its own emulation stands in for Acme, which does not exist.
import { createPublicExchange, MessageType, parseInstrument } from '@tapewire/core'
import { startVenueServer } from '@tapewire/testkit'
import { acmeSpotVenue } from 'tapewire-exchange-acme/testing'

const server = await startVenueServer({ venue: acmeSpotVenue, pairs: [parseInstrument('BTC/USDT')], intervalMs: 2 })

const feed = await createPublicExchange({
  exchange: 'acme_spot',
  symbols: ['BTC/USDT'],
  channels: ['trades', 'book_ticker'],
  options: { url: server.url },
})

let seen = 0
for await (const { symbol, data } of feed.messages({ type: MessageType.BookTicker })) {
  console.log(`${symbol}  ${data.bidPrice} / ${data.askPrice}`)
  seen += 1
  if (seen === 10) break
}

await feed.close()
await server.close()
