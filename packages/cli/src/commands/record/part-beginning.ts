import type { FeedEvents, OrderBook, WebSocketManager } from '@tapewire/core'
import type { MessageParser } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { PartBeginning } from './recording.js'

/** Levels a side of a book that a part begins with. */
const levels = 1_000

/** Answers of one socket that are remembered, bytes. */
const maxControlBytes = 1024 * 1024

/** The books of a feed that are live now, as a part of a recording begins with them. */
export function liveBooks(manager: WebSocketManager): PartBeginning['books'] {
  return booksOf(manager).flatMap((book) => {
    const { sequence, symbol, receivedAt, isLive } = book
    if (!isLive || sequence === null) return []
    const { bids, asks } = book.depth(levels)
    const flat = (side: typeof bids): number[] => side.flatMap(({ price, size }) => [price, size])
    return [{ t: receivedAt, symbol: symbol.name, sequence, bids: flat(bids), asks: flat(asks) }]
  })
}

/** Whether every book of a feed is live. */
export function areBooksLive(manager: WebSocketManager): boolean {
  return booksOf(manager).every(({ isLive }) => isLive)
}

function booksOf(manager: WebSocketManager): readonly OrderBook[] {
  return manager.streamStates().flatMap(({ channel, symbol }) => {
    const book = channel === 'orderbook' && symbol !== null ? manager.orderBook(symbol) : null
    return book === null ? [] : [book]
  })
}

interface OpenSocket {
  readonly looker: MessageParser
  readonly frames: { t: number; dir: 'in'; url: string; content: string | Buffer }[]
  bytes: number
}

/**
 * What the exchange answered on each socket that is open, of an exchange whose parser remembers it (numbers it gave to streams): without, the frames that follow cannot be read.
 * Empty for all others.
 */
export class ControlFrames {
  readonly #parser: MessageParser
  /** By connection, of which the newest socket counts. */
  readonly #sockets = new Map<string, { readonly socket: number } & OpenSocket>()

  constructor(parser: MessageParser) {
    this.#parser = parser
  }

  note({ connectionId, socket, url, direction, data, time }: FeedEvents['frame'], feed: string): void {
    if (direction === 'out' || this.#parser.forConnection === undefined) return
    let open = this.#sockets.get(connectionId)
    if (open === undefined || open.socket < socket) {
      open = { socket, looker: this.#parser.forConnection(), frames: [], bytes: 0 }
      this.#sockets.set(connectionId, open)
    }
    const content = typeof data === 'string' ? data : Buffer.from(data)
    if (open.socket !== socket || open.looker.peek(frameOf(content)) !== 'control') return
    if (open.bytes + content.length > maxControlBytes) return
    open.bytes += content.length
    open.frames.push({ t: time, dir: 'in', url: `${url}#${feed}-${socket}`, content })
  }

  get all(): PartBeginning['control'] {
    return [...this.#sockets.values()].flatMap(({ frames }) => frames)
  }
}
