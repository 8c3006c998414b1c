import type { Instrument } from '../model/instrument.js'
import type { OrderBook } from '../model/order-book.js'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Who waits for which book to become live. */
export class BookWaiters {
  readonly #waiters: Map<Instrument, Set<Waiter>> = new Map()

  has(symbol: Instrument): boolean {
    return this.#waiters.has(symbol)
  }

  /** Resolves with the book at `resolve(symbol)`; rejects as told, or with the signal's reason. */
  wait(book: OrderBook, signal?: AbortSignal): Promise<OrderBook> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const leave = (): void => {
        this.#remove(book.symbol, waiter)
        reject(signal?.reason)
      }
      const stopListening = (): void => signal?.removeEventListener('abort', leave)
      const waiter: Waiter = {
        resolve: () => {
          stopListening()
          resolve(book)
        },
        reject: (reason) => {
          stopListening()
          reject(reason)
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      const others = this.#waiters.get(book.symbol)
      if (others === undefined) this.#waiters.set(book.symbol, new Set([waiter]))
      else others.add(waiter)
    })
  }

  /** The book is live. */
  resolve(symbol: Instrument): void {
    for (const waiter of this.#take(symbol)) waiter.resolve()
  }

  reject(symbol: Instrument, reason: unknown): void {
    for (const waiter of this.#take(symbol)) waiter.reject(reason)
  }

  rejectAll(reason: unknown): void {
    for (const symbol of [...this.#waiters.keys()]) this.reject(symbol, reason)
  }

  #take(symbol: Instrument): Iterable<Waiter> {
    const waiters = this.#waiters.get(symbol) ?? []
    this.#waiters.delete(symbol)
    return waiters
  }

  #remove(symbol: Instrument, waiter: Waiter): void {
    const waiters = this.#waiters.get(symbol)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiters.delete(symbol)
  }
}
