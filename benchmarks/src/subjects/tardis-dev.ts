import { quoteValue } from '../measure/message-values.js'
import { importPeer } from './peers.js'
import type { ConnectSubject } from './subject-task.js'

/** The parts of tardis-dev that are used here. */
interface TardisDev {
  readonly streamNormalized: (options: object, ...normalizers: readonly unknown[]) => AsyncIterable<TardisMessage>
  readonly normalizeBookTickers: unknown
  readonly normalizeTrades: unknown
}

type TardisMessage =
  | {
      readonly type: 'book_ticker'
      readonly bidPrice: number
      readonly bidAmount: number
      readonly askPrice: number
      readonly askAmount: number
    }
  | { readonly type: 'trade'; readonly price: number; readonly amount: number }

/** tardis-dev's live stream of normalised messages, on a socket to this machine. It reads Gate.io, but not MEXC. */
export const tardisDev: ConnectSubject = async ({ url, channels, symbols }, receiver) => {
  // Read by tardis-dev for each connection.
  process.env.WSS_URL_GATE_IO = url
  const { streamNormalized, normalizeBookTickers, normalizeTrades } = await importPeer<TardisDev>('tardis-dev')
  const messages = streamNormalized(
    { exchange: 'gate-io', symbols: symbols.map((symbol) => symbol.replace('/', '_')), timeoutIntervalMS: 60_000 },
    channels[0] === 'trades' ? normalizeTrades : normalizeBookTickers,
  )
  void consume(messages, (message) => {
    const value =
      message.type === 'trade'
        ? message.price + message.amount
        : quoteValue(message.bidPrice, message.bidAmount, message.askPrice, message.askAmount)
    receiver.receive(value, Number.NaN)
  })
  await subscribed()
  return { connections: 1 }
}

async function consume(messages: AsyncIterable<TardisMessage>, read: (message: TardisMessage) => void): Promise<void> {
  for await (const message of messages) read(message)
}

/** tardis-dev does not say when a subscription was acknowledged; the load is held back long enough. */
function subscribed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500))
}
