// The best prices of one instrument on two exchanges, and what lies between them. A quote that cannot be trusted now is left out: the state of its stream says so.
// Ends by itself after ten lines.
import { createPublicExchange, type ExchangeFeed } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { openVenue } from './support/venue.js'

const symbol = 'BTC/USDT'
const venues = await Promise.all([openVenue([symbol]), openVenue([symbol], mexcSpotEmulation)])

interface Quote {
  readonly feed: ExchangeFeed
  readonly bid: number
  readonly ask: number
}

/** The last quote of each exchange. */
const quotes = new Map<string, Quote>()
let lines = 0
let finish = (): void => {}
const finished = new Promise<void>((resolve) => {
  finish = resolve
})

/** Says on which exchange to buy and on which other to sell, whenever that changes. */
let said = ''
function compare(): void {
  const trusted = [...quotes.values()].filter(({ feed }) => feed.streamState(symbol, 'book_ticker')?.status === 'live')
  let best: { readonly from: Quote; readonly to: Quote; readonly gain: number } | null = null
  for (const from of trusted) {
    for (const to of trusted) {
      const gain = (to.bid - from.ask) / from.ask
      if (from !== to && (best === null || gain > best.gain)) best = { from, to, gain }
    }
  }
  if (best === null) return
  const { from, to, gain } = best
  const text = `buy at ${from.ask} (${from.feed.exchange}), sell at ${to.bid} (${to.feed.exchange}): ${(gain * 100).toFixed(4)} % before fees`
  if (text === said) return
  said = text
  console.log(text)
  lines += 1
  if (lines === 10) finish()
}

async function follow(exchange: typeof gateioSpot | typeof mexcSpot, options: object): Promise<ExchangeFeed> {
  const feed = await createPublicExchange({ exchange, symbols: [symbol], channels: ['book_ticker'], options })
  feed.on('book_ticker', ({ data: { bidPrice, askPrice } }) => {
    // A side that is empty has no price: there is nothing to buy, or nobody to sell to.
    if (bidPrice === null || askPrice === null) quotes.delete(feed.exchange)
    else quotes.set(feed.exchange, { feed, bid: bidPrice, ask: askPrice })
    compare()
  })
  feed.on('stream', ({ status, reason }) => console.log(`${feed.exchange} is ${status}: ${reason}`))
  feed.on('error', (error) => console.error(error.message))
  return feed
}

const feeds = await Promise.all([follow(gateioSpot, venues[0].options), follow(mexcSpot, venues[1].options)])
await finished
await Promise.all(feeds.map((feed) => feed.close()))
await Promise.all(venues.map((venue) => venue.close()))
