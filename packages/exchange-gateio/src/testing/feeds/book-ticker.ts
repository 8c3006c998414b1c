import { type Feed, type FeedContext, Gathering, wireNameOf } from './feed.js'

/** Pace of `spot.book_ticker`. Source: Gate.io spot WebSocket v4 docs. */
const intervalMs = 10

/** `spot.book_ticker`: best bid and ask, when either changed. */
export function bookTickerFeed({ clock, market, pair, publish }: FeedContext): Feed {
  let sent = ''
  const gathering = new Gathering(clock, intervalMs, () => {
    const { bids, asks, lastId, time } = market.book(pair, 1)
    const [[b = '', B = ''] = [], [a = '', A = ''] = []] = [bids[0], asks[0]]
    const touch = [b, B, a, A].join(' ')
    if (touch === sent) return
    sent = touch
    publish({ t: time, u: lastId, s: wireNameOf(pair), b, B, a, A })
  })
  return {
    onEvent: (event) => {
      if (event.kind === 'book') gathering.arm()
    },
    close: () => gathering.cancel(),
  }
}
