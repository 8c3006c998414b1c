import { type CcxtBook, createCcxtExchange } from '../subjects/ccxt-exchange.js'
import type { BookImage } from '../workloads/book-load.js'
import type { BookKeeper } from './book-keeper.js'

/** Nothing is opened there. */
const url = 'ws://127.0.0.1/'

/** What happens in ccxt to a text frame: its client's `onMessage`, which parses it, and the exchange's `handleMessage`, which finds and changes the book. */
export async function ccxt(images: readonly BookImage[]): Promise<BookKeeper> {
  const exchange = await createCcxtExchange({ venue: 'gateio', url, symbols: images.map(({ symbol }) => symbol) })
  const handleMessage = exchange.handleMessage.bind(exchange)
  let changed = ''
  exchange.handleMessage = (client, message) => {
    changed = (message as { readonly result: { readonly s: string } }).result.s
    handleMessage(client, message)
  }
  const client = exchange.client(url)
  const symbols = new Map(images.map(({ symbol }) => [symbol.replace('/', '_'), symbol]))
  for (const { symbol, sequence, bids, asks } of images) {
    const book = exchange.orderBook()
    book.reset({ symbol, nonce: sequence, bids: pairs(bids), asks: pairs(asks) })
    exchange.orderbooks[symbol] = book
  }
  return {
    apply({ chunk, start, end }) {
      client.onMessage({ data: chunk.toString('utf8', start, end) })
      // ccxt takes a book away that has missed an update.
      const book = exchange.orderbooks[symbols.get(changed) as string] as CcxtBook
      return (book.bids[0]?.[0] as number) + (book.asks[0]?.[0] as number)
    },
  }
}

function pairs(side: readonly number[]): number[][] {
  return side.flatMap((price, index) => (index % 2 === 0 ? [[price, side[index + 1] as number]] : []))
}
