// Market data of one exchange: what arrives, message by message. Ends by itself after 20 trades.
import { createPublicExchange, MessageType } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)

const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols,
  channels: ['trades', 'book_ticker'],
  options: venue.options,
  on: {
    connection: ({ connectionId, state }) => console.log(`${connectionId} is ${state}`),
    error: (error) => console.error(error.message),
  },
})

let seen = 0
for await (const { symbol, data } of feed.messages({ type: MessageType.Trades })) {
  for (const { side, size, price } of data) console.log(`${symbol}  ${side.padEnd(4)}  ${size} at ${price}`)
  seen += data.length
  if (seen >= 20) break
}

await feed.close()
await venue.close()
