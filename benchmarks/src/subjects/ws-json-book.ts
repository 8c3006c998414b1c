import { bookValue } from '../measure/message-values.js'
import { bookUpdate, type Push } from './gateio-by-hand.js'
import { openWebSockets } from './open-web-sockets.js'
import { SortedSide } from './sorted-side.js'
import type { ConnectSubject } from './subject-task.js'

/** `ws` as it comes, `JSON.parse`, and a book of sorted arrays with a check of the update ids: the least that somebody who keeps a book by hand needs. */
export const wsJsonBook: ConnectSubject = async (task, receiver) => {
  const connections = await openWebSockets(task, {}, (socket, read) => {
    const book = { sequence: Number.NaN, bids: new SortedSide(-1), asks: new SortedSide(1) }
    socket.on('message', (data: Buffer) => {
      const { event, result } = JSON.parse(data.toString()) as Push
      if (event !== 'update') return
      const update = bookUpdate(result)
      if (result.full === true) {
        book.bids.clear()
        book.asks.clear()
      } else if (update.firstSequence !== book.sequence + 1) {
        throw new Error(`After ${book.sequence} came ${update.firstSequence}.`)
      }
      book.bids.apply(update.bids)
      book.asks.apply(update.asks)
      book.sequence = update.lastSequence
      receiver.receive(bookValue(book.sequence, book.bids.best, book.asks.best), read.at)
    })
  })
  return { connections }
}
