import { bookValue, quoteValue } from '../measure/message-values.js'
import { type CcxtExchange, type CcxtTicker, createCcxtExchange } from './ccxt-exchange.js'
import type { ConnectSubject, SubjectTask } from './subject-task.js'

/**
 * ccxt's own client on a socket to this machine: its connection, its `handleMessage`, its caches, and one user who awaits the `watch…` call in a loop. What the
 * user is handed is coalesced, so messages are counted where `handleMessage` returns, and read from the cache that it filled.
 */
export const ccxt: ConnectSubject = async (task, receiver) => {
  const exchange = await createCcxtExchange(task)
  const [symbol, channel] = [task.symbols[0] as string, task.channels[0] as string]
  const { watch, read } = readers(exchange, symbol, task.venue, channel)
  const handleMessage = exchange.handleMessage.bind(exchange)
  exchange.handleMessage = (client, message) => {
    handleMessage(client, message)
    const value = read()
    // Acknowledgements come before there is anything to read.
    if (value !== null) receiver.receive(value, Number.NaN)
  }
  void watchForever(watch)
  await subscribed()
  return { connections: 1 }
}

/** How a user watches a channel, and where ccxt keeps the last of it. */
function readers(
  exchange: CcxtExchange,
  symbol: string,
  venue: SubjectTask['venue'],
  channel: string,
): { watch: () => Promise<unknown>; read: () => number | null } {
  const quote = (ticker: CcxtTicker | undefined): number | null =>
    ticker === undefined ? null : quoteValue(ticker.bid, ticker.bidVolume, ticker.ask, ticker.askVolume)
  switch (channel) {
    case 'book_ticker':
      return venue === 'gateio'
        ? { watch: () => exchange.watchBidsAsks([symbol]), read: () => quote(exchange.bidsasks[symbol]) }
        : { watch: () => exchange.watchTicker(symbol), read: () => quote(exchange.tickers[symbol]) }
    case 'trades':
      return {
        watch: () => exchange.watchTrades(symbol),
        read: () => {
          const trade = exchange.trades[symbol]?.at(-1)
          return trade === undefined ? null : trade.price + trade.amount
        },
      }
    case 'orderbook':
      return {
        watch: () => exchange.watchOrderBook(symbol),
        read: () => {
          const book = exchange.orderbooks[symbol]
          const [bid, ask] = [book?.bids[0], book?.asks[0]]
          return book === undefined || bid === undefined || ask === undefined
            ? null
            : bookValue(book.nonce, bid[0], ask[0])
        },
      }
    default:
      throw new Error(`ccxt is not measured on ${channel}.`)
  }
}

async function watchForever(watch: () => Promise<unknown>): Promise<never> {
  while (true) await watch()
}

/** ccxt does not say when a subscription was acknowledged; the load is held back long enough. */
function subscribed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500))
}
