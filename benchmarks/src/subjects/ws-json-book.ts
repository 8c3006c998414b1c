import { bookValue } from '../measure/message-values.js'
import { bookUpdate, type Push } from './gateio-by-hand.js'
import { openWebSockets } from './open-web-sockets.js'
import type { ConnectSubject } from './subject-task.js'

/** `ws` as it comes, `JSON.parse`, and a book of sorted arrays with a check of the update ids: the least that somebody who keeps a book by hand needs. */
export const wsJsonBook: ConnectSubject = async (task, receiver) => {
  const connections = await openWebSockets(task, {}, (socket, read) => {
    const book = { sequence: Number.NaN, bids: new Side(-1), asks: new Side(1) }
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

/** Prices, best first, and their sizes. */
class Side {
  readonly #prices: number[] = []
  readonly #sizes: number[] = []
  /** 1 where the lowest price is the best, -1 where the highest is. */
  readonly #sign: 1 | -1

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  get best(): number {
    return this.#prices[0] ?? Number.NaN
  }

  clear(): void {
    this.#prices.length = 0
    this.#sizes.length = 0
  }

  apply(levels: readonly number[]): void {
    for (let index = 0; index < levels.length; index += 2) {
      this.#set(levels[index] as number, levels[index + 1] as number)
    }
  }

  #set(price: number, size: number): void {
    const index = this.#indexOf(price)
    const isThere = this.#prices[index] === price
    if (size === 0) {
      if (isThere) {
        this.#prices.splice(index, 1)
        this.#sizes.splice(index, 1)
      }
    } else if (isThere) {
      this.#sizes[index] = size
    } else {
      this.#prices.splice(index, 0, price)
      this.#sizes.splice(index, 0, size)
    }
  }

  /** Where a price is, or belongs. */
  #indexOf(price: number): number {
    let low = 0
    let high = this.#prices.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (((this.#prices[middle] as number) - price) * this.#sign < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
