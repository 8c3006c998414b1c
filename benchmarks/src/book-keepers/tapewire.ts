import { MessageType, type OrderBook, parseInstrument } from '@tapewire/core'
import {
  BookRegistry,
  type BookSnapshot,
  createEnv,
  type InboundFrame,
  type ParsedMessage,
} from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import type { BookImage } from '../workloads/book-load.js'
import type { BookKeeper } from './book-keeper.js'

/** The adapter's parser and rules, and core's registry of books: what the manager does with a frame, without its queue and metrics. */
export async function tapewire(images: readonly BookImage[]): Promise<BookKeeper> {
  const { subscriptionStrategy, messageParser, bookRules } = gateioSpot.public()
  if (bookRules?.source !== 'rest') throw new Error('The channel is one whose snapshots come over REST.')
  const snapshots = new Map(
    images.map((image) => [parseInstrument(image.symbol), { ...image, exchangeTime: null } as BookSnapshot]),
  )
  const registry = new BookRegistry({
    rules: {
      ...bookRules,
      snapshotLimit: { requests: 1e6, windowMs: 1 },
      fetchSnapshot: async (symbol) => snapshots.get(symbol) as BookSnapshot,
    },
    env: createEnv(),
    resubscribe: async () => {},
  })
  const streams = subscriptionStrategy.plan({
    channel: 'orderbook',
    instruments: [...snapshots.keys()],
    candleIntervals: null,
  })
  const books = new Map(streams.map((stream) => [stream.instrument, registry.track(stream)]))
  registry.confirm(snapshots.keys())
  await Promise.all([...snapshots.keys()].map((instrument) => registry.awaitBook(instrument)))
  return {
    apply({ chunk, start, end }) {
      const frame: InboundFrame = { bytes: chunk, start, end, isBinary: false, receivedAt: 0 }
      const message = messageParser.parse(frame) as ParsedMessage
      if (message.type !== MessageType.Orderbook) throw new Error(`The frame was read as ${message.type}.`)
      registry.apply(message)
      const book = books.get(message.symbol) as OrderBook
      if (!book.isLive) throw new Error(`${message.symbol}: ${book.state.reason}`)
      return book.bidPrice(0) + book.askPrice(0)
    },
  }
}
