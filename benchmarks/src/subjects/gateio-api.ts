import { readGateioPush } from './gateio-by-hand.js'
import { importPeer } from './peers.js'
import type { ConnectSubject } from './subject-task.js'

/** The parts of gateio-api that are used here. */
interface GateioApi {
  readonly WebsocketClient: new (options: object, logger: object) => GateioClient
}

interface GateioClient {
  on(event: string, listener: (data: object) => void): void
  subscribe(requests: readonly object[], key: 'spotV4'): void
}

const wireChannels: Readonly<Record<string, string>> = {
  book_ticker: 'spot.book_ticker',
  trades: 'spot.trades',
  orderbook: 'spot.order_book_update',
}

/** gateio-api, the exchange's client of its own kind: it hands out the parsed push as it is, so the numbers are read as by hand. */
export const gateioApi: ConnectSubject = async ({ url, channels, symbols }, receiver) => {
  const { WebsocketClient } = await importPeer<GateioApi>('gateio-api')
  const silent = { trace: () => {}, info: () => {}, error: () => {} }
  const client = new WebsocketClient({ wsUrl: url }, silent)
  client.on('update', (push) => {
    const value = readGateioPush(push)
    if (value !== null) receiver.receive(value, Number.NaN)
  })
  const markets = symbols.map((symbol) => symbol.replace('/', '_'))
  const topics = channels.map((channel) => ({
    topic: wireChannels[channel],
    payload: channel === 'orderbook' ? [markets[0], '100ms'] : markets,
  }))
  const acknowledged = new Promise<void>((resolve) => client.on('response', () => resolve()))
  client.subscribe(topics, 'spotV4')
  await acknowledged
  return { connections: 1 }
}
