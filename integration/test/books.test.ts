import {
  type BookEvent,
  createPublicExchange,
  type ExchangeFeed,
  type OrderBook,
  parseInstrument,
} from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import { startVenueServer, type Venue, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, test } from 'vitest'

const pair = parseInstrument('BTC/USDT')
const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

const venues = [
  { name: 'Gate.io order_book_update', definition: gateioSpot, venue: gateioSpotVenue, options: {} },
  { name: 'Gate.io obu', definition: gateioSpot, venue: gateioSpotVenue, options: { orderbookChannel: 'obu' } },
  { name: 'MEXC aggre.depth', definition: mexcSpot, venue: mexcSpotVenue, options: {} },
  {
    name: 'MEXC limit.depth',
    definition: mexcSpot,
    venue: mexcSpotVenue,
    options: { orderbookChannel: 'limit.depth' },
  },
] as const

async function start(
  of: (typeof venues)[number],
): Promise<{ server: VenueServer; feed: ExchangeFeed; events: BookEvent[] }> {
  const server = await startVenueServer<Venue>({ venue: of.venue, pairs: [pair], seed: 7, intervalMs: 5 })
  open.push(server)
  const events: BookEvent[] = []
  const feed = await createPublicExchange({
    exchange: of.definition,
    symbols: [pair],
    channels: ['orderbook'],
    options: { ...of.options, url: server.url, restUrl: server.restUrl },
    on: { book: (event) => void events.push(event) },
  })
  open.push(feed)
  return { server, feed, events }
}

/** Levels as text, best first. */
function top(book: OrderBook, count: number): string {
  const { bids, asks } = book.depth(count)
  return JSON.stringify([bids.map(({ price, size }) => [price, size]), asks.map(({ price, size }) => [price, size])])
}

/** Resolves once the market stands still and the book equals it; what was sent arrives message by message. */
async function settled(server: VenueServer, feed: ExchangeFeed, book: OrderBook): Promise<void> {
  const messages = feed.messages({ channel: 'orderbook' })
  server.market.stop()
  const truth = server.market.book(pair, 5)
  const want = JSON.stringify(
    [truth.bids, truth.asks].map((side) => side.map(([price, size]) => [Number(price), Number(size)])),
  )
  while (top(book, 5) !== want) await messages.next()
  await messages.return()
}

describe.each(venues)('the book of $name', (of) => {
  test('becomes live and equals the market', async () => {
    const { server, feed } = await start(of)
    const book = await feed.awaitBook(pair)
    await settled(server, feed, book)
    expect(feed.orderBook(pair)).toBe(book.requireLive())
  })

  test('is live and true again after the connection was cut', async () => {
    const { server, feed } = await start(of)
    const book = await feed.awaitBook(pair)
    server.faults.terminateAll()
    await new Promise<void>((resolve) => {
      feed.on('connection', ({ state }) => {
        if (state === 'connected') resolve()
      })
    })
    await feed.awaitBook(pair)
    await settled(server, feed, book)
  })
})
