// Reads quotes from the socket into typed objects, with tapewire or by hand, and prints the processor time that one took once it was warm: READER URL TOTAL WARM.
// Not the time on the clock: that is also the sender's, and of whatever else wants this machine.
const [reader, url, ...counts] = process.argv.slice(2)
const [total, warm] = counts.map(Number)

let seen = 0
let sum = 0
let warmAt = null
const { promise: everything, resolve: done } = deferred()

function deferred() {
  let resolve
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function receive({ bidPrice, askPrice }) {
  sum += Math.round((bidPrice + askPrice) * 10)
  seen += 1
  if (seen === warm) warmAt = process.cpuUsage()
  if (seen === total) done(process.cpuUsage(warmAt))
}

/** As its users have it: a manager, an adapter, performance tracking on. Gives what ends it. */
async function withTapewire() {
  const { WebSocketManager } = await import('@tapewire/core')
  const { gateioSpot } = await import('@tapewire/exchange-gateio')
  const manager = new WebSocketManager({
    strategies: gateioSpot.public({ url, restUrl: url.replace('ws:', 'http:') }),
    books: false,
    onMessage: ({ data }) => receive(data),
    config: { enablePerformanceTracking: true },
  })
  await manager.initialize({ symbols: ['BTC/USDT'], channels: ['book_ticker'] })
  return async () => {
    const { droppedMessages, decoderFallbacks } = manager.getPerformanceMetrics()
    const slow = Object.values(decoderFallbacks).reduce((all, count) => all + count, 0)
    if (droppedMessages > 0 || slow > 0) throw new Error(`${droppedMessages} were dropped, ${slow} read the slow way`)
    await manager.close()
  }
}

/** What somebody writes who reads Gate.io with `ws` and `JSON.parse`. */
async function byHand() {
  const { WebSocket } = await import('ws')
  const socket = new WebSocket(url)
  socket.on('error', (error) => {
    throw error
  })
  socket.on('open', () => {
    const time = Math.floor(Date.now() / 1000)
    socket.send(JSON.stringify({ time, channel: 'spot.book_ticker', event: 'subscribe', payload: ['BTC_USDT'] }))
  })
  socket.on('message', (data) => {
    const { channel, event, result } = JSON.parse(data.toString())
    if (event !== 'update' || channel !== 'spot.book_ticker') return
    receive({
      type: 'book_ticker',
      symbol: result.s,
      bidPrice: Number(result.b),
      bidSize: Number(result.B),
      askPrice: Number(result.a),
      askSize: Number(result.A),
      sequence: result.u,
      exchangeTime: result.t,
    })
  })
  return async () => socket.terminate()
}

const end = await { tapewire: withTapewire, 'by-hand': byHand }[reader]()
const { user, system } = await everything
await end()
process.stdout.write(`${JSON.stringify({ microseconds: (user + system) / (total - warm), sum })}\n`)
