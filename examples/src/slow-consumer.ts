// A handler that is slower than the market. Messages wait in a bounded queue; when it is full, this feed drops the oldest
// and says so. With `overflowPolicy: 'pause'`, the default, the socket is not read meanwhile and nothing is lost.
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketManager } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)

let handled = 0
let reported = 0
let finish = (): void => {}
const finished = new Promise<void>((resolve) => {
  finish = resolve
})

const manager = new WebSocketManager({
  strategies: gateioSpot.public(venue.options),
  config: { maxPendingMessages: 10, overflowPolicy: 'drop-oldest' },
  // The returned promise holds back everything behind this message.
  async onMessage() {
    await wait(20)
    handled += 1
    if (handled === 50) finish()
  },
  onDrop: () => {
    reported += 1
  },
  onError: (error) => console.error(error.message),
})
await manager.initialize({ symbols, channels: ['trades', 'book_ticker'] })
await finished

const { droppedMessages, droppedByChannel, pendingMessages } = manager.getPerformanceMetrics()
console.log(`handled ${handled}, waiting ${pendingMessages}, dropped ${droppedMessages}`, droppedByChannel)
console.log(`each drop was reported: ${reported === droppedMessages}`)
for (const { symbol, channel, status, reason } of manager.streamStates()) {
  console.log(`${symbol} ${channel} is ${status}: ${reason}`)
}

await manager.close()
await venue.close()
