import type { Channel } from '../../model/channel.js'
import type { WatchedStream } from './watched-stream.js'

/** What cannot go on without the channel having something to say: each trade moves all of them, and best prices do not change without their book and ticker. */
const movers: Readonly<Partial<Record<Channel, readonly Channel[]>>> = {
  orderbook: ['trades', 'book_ticker'],
  book_ticker: ['trades'],
  ticker: ['trades', 'book_ticker'],
  candles: ['trades'],
}

/** Fewer others of a channel are no measure; and of those that there are so many must be flowing. */
const leastPeers = 2
const leastFlowingShare = 0.75

/** What a stream is compared with. */
export interface Neighbours {
  readonly all: Iterable<WatchedStream>
  /** The streams of its connection. */
  readonly onConnection: readonly WatchedStream[]
  /** Silence after which a stream that pushes regularly is stale at the latest, ms. */
  readonly staleAfterMs: number
}

/**
 * Why the silence of a stream that is not known for busy is none of a quiet pair all the same, for people; null where it may be one. For the first minutes, in which nothing is
 * known of how a stream is: it was asked for again in vain, has never been quiet for that long before, and either its market goes on, as another channel shows from which it follows,
 * or, where no such channel is wanted, nearly all others of its channel do. Never of trades, nor of candles alone: they come when something is traded.
 */
export function whyOddEarly(watched: WatchedStream, now: number, { all, ...others }: Neighbours): string | null {
  const { stream, rhythm, isRegular, wasInVain } = watched
  const { staleAfterMs, onConnection } = others
  // One that has been quiet for so long before is quiet by nature.
  if (!isRegular || !wasInVain || rhythm.longestMs >= staleAfterMs) return null
  const flows = (other: WatchedStream): boolean =>
    other.rhythm.wasHeard && other.quietMs(now) < Math.min(staleAfterMs, watched.quietMs(now))
  const ofMarket = [...all].filter((other) => other !== watched && isMoverOf(other, watched))
  if (ofMarket.length > 0) return ofMarket.some(flows) ? 'while its market goes on' : null
  if (rhythm.isKnown || stream.channel === 'candles') return null
  const peers = onConnection.filter((other) => other !== watched && other.stream.channel === stream.channel)
  const isOdd = peers.length >= leastPeers && peers.filter(flows).length >= leastFlowingShare * peers.length
  return isOdd ? 'while others of its channel go on' : null
}

function isMoverOf({ stream: other }: WatchedStream, { stream }: WatchedStream): boolean {
  const isOfMarket = stream.instrument !== null && other.instrument === stream.instrument
  return isOfMarket && movers[stream.channel]?.includes(other.channel) === true
}
