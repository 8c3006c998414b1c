/** The parts of ccxt's MEXC client that keep its books. */
export interface CcxtMexcBooks {
  getCacheIndex(book: CcxtBook, cache: readonly CcxtDelta[]): number
  handleDelta(book: CcxtBook, delta: CcxtDelta): void
  fetchOrderBook(symbol: string, limit?: number, parameters?: object): Promise<unknown>
}

interface CcxtBook {
  readonly nonce: number
}

interface CcxtDelta {
  readonly fromVersion: string
  readonly toVersion: string
}

/** More levels than any book here has. */
const snapshotLevels = 1_000

/**
 * Puts ccxt's MEXC books right, which version 4.5.84 keeps wrong on the exchange as here: of the update whose versions span the snapshot's it takes nothing
 * (`getCacheIndex` and `handleDelta` look at `fromVersion` alone), and its snapshot has 100 levels, so that what lies deeper is never known. With both mended, what still
 * differs is the emulation's fault.
 */
export function mendMexcBooks(exchange: CcxtMexcBooks): void {
  const handleDelta = exchange.handleDelta.bind(exchange)
  const fetchOrderBook = exchange.fetchOrderBook.bind(exchange)
  exchange.fetchOrderBook = (symbol, limit = snapshotLevels, parameters = {}) =>
    fetchOrderBook(symbol, limit, parameters)
  exchange.getCacheIndex = ({ nonce }, cache) => {
    const first = cache[0]
    if (first === undefined || Number(first.fromVersion) > nonce + 1) return -1
    const index = cache.findIndex(({ toVersion }) => Number(toVersion) > nonce)
    return index === -1 ? cache.length : index
  }
  exchange.handleDelta = (book, delta) => {
    const { fromVersion, toVersion } = delta
    if (Number(toVersion) <= book.nonce) return
    if (Number(fromVersion) > book.nonce + 1) {
      throw new Error(`versions jump from ${book.nonce} to ${fromVersion}`)
    }
    handleDelta(book, { ...delta, fromVersion: toVersion })
  }
}
