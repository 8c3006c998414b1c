// Streams typed messages of each exchange over TLS with each transport, through a cut, and compares the book with the market's own. What is emulated runs here too.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer } from 'node:tls'
import { createPublicExchange, parseInstrument } from '@tapewire/core'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import { startVenueServer } from '@tapewire/testkit'

const venues = { gateio_spot: gateioSpotVenue, mexc_spot: mexcSpotVenue }
const channels = ['orderbook', 'trades', 'book_ticker']
const pair = parseInstrument('BTC/USDT')
const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file))

/** The same server behind TLS, as exchanges are. */
async function startFront({ url, restUrl }) {
  const { port } = new URL(url)
  const front = createServer({ key, cert }, (socket) => {
    const behind = connect(Number(port), '127.0.0.1')
    socket.on('error', () => behind.destroy())
    behind.on('error', () => socket.destroy())
    behind.on('close', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const move = (address) => address.replace(/^(ws|http):/, '$1s:').replace(`:${port}`, `:${front.address().port}`)
  return { url: move(url), restUrl: move(restUrl), close: () => front.close() }
}

/** A message of each channel has the fields of its type. */
function assertTyped({ channel, symbol, data }) {
  const isRight = {
    trades: () => data.every(({ price, size, side }) => price > 0 && size > 0 && (side === 'buy' || side === 'sell')),
    book_ticker: () => data.bidPrice < data.askPrice,
    orderbook: () => data.bids.length % 2 === 0 && data.asks.length % 2 === 0,
  }[channel]
  if (symbol !== pair || isRight === undefined || !isRight()) throw new Error(`${channel}: ${JSON.stringify(data)}`)
}

/** Resolves once `isSo`; a turn now and then, so that the same program runs wherever timers do. */
async function until(what, isSo) {
  const deadline = Date.now() + 20_000
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not so within 20 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function stream(exchange, transport) {
  const server = await startVenueServer({ venue: venues[exchange], pairs: [pair], intervalMs: 5 })
  const front = await startFront(server)
  const faults = []
  const options = { url: front.url, restUrl: front.restUrl, socket: { transport } }
  const feed = await createPublicExchange({ exchange, symbols: [pair], channels, options })
  const counts = new Map()
  feed.on('message', (message) => {
    try {
      assertTyped(message)
    } catch (error) {
      faults.push(error)
    }
    counts.set(message.channel, (counts.get(message.channel) ?? 0) + 1)
  })
  const brings = () => channels.every((channel) => (counts.get(channel) ?? 0) > 3)
  const book = await feed.awaitBook(pair)
  await until('every channel brings messages', brings)

  const live = new Set()
  const lost = new Set()
  feed.on('stream', ({ channel, status }) => {
    if (status !== 'live') lost.add(channel)
    if (status === 'live' && lost.has(channel)) live.add(channel)
  })
  server.faults.terminateAll()
  await until('the cut is told of every stream', () => lost.size === channels.length)
  counts.clear()
  await until('every stream is live again', () => live.size === channels.length && book.isLive)
  await until('every channel brings messages again', brings)

  server.market.stop()
  const truth = server.market.book(pair, 1)
  const best = (side) => Number(truth[side][0][0])
  await until(
    'the book is the one of the market',
    () => book.bidPrice(0) === best('bids') && book.askPrice(0) === best('asks'),
  )
  await feed.close()
  front.close()
  await server.close()
  if (faults.length > 0) throw faults[0]
  if (server.failures.length > 0) throw server.failures[0]
  if (server.clientsSeen !== 2) throw new Error(`${server.clientsSeen} connections were made, and not two`)
}

let streamed = 0
for (const exchange of Object.keys(venues)) {
  for (const transport of ['walker', 'ws']) {
    try {
      await stream(exchange, transport)
      streamed += 1
    } catch (error) {
      throw new Error(`${exchange} with the transport ${transport}`, { cause: error })
    }
  }
}
process.stdout.write(`${JSON.stringify({ streamed })}\n`)
