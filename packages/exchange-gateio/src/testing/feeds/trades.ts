import type { MarketEvent } from '@tapewire/testkit'
import { type Feed, type FeedContext, wireNameOf } from './feed.js'

/** Decimal places that Gate.io pads trades to. */
const places = 10

/** `spot.trades`: every trade at once. Both ids are the market's own, so that trades can be told apart by it. Source: Gate.io spot WebSocket v4 docs. */
export function tradesFeed({ pair, publish, random }: FeedContext): Feed {
  return {
    onEvent(event: MarketEvent): void {
      if (event.kind !== 'trade') return
      publish({
        id: event.id,
        id_market: event.id,
        create_time: Math.floor(event.time / 1000),
        create_time_ms: `${event.time}.${Math.floor(random() * 1_000_000)}`,
        side: event.side,
        currency_pair: wireNameOf(pair),
        amount: padded(event.size),
        price: padded(event.price),
        range: `${event.id}-${event.id}`,
      })
    },
    close(): void {},
  }
}

/** A decimal with all its places. */
export function padded(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.')
  return `${whole}.${fraction.padEnd(places, '0')}`
}
