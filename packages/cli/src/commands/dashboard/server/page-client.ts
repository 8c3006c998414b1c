import type { Clock } from '@tapewire/core'
import type { WebSocket } from 'ws'
import type { LiveFeed } from '../../../live/live-feed.js'
import { MarketReader } from '../messages/market-reader.js'
import type { SharedTexts } from '../messages/shared-texts.js'
import { StateReader } from '../messages/state-reader.js'
import type { StateWatch } from '../messages/state-watch.js'
import type { HelloMessage, LiveCloseCode, PageMessage } from '../protocol.js'
import { closeSocket } from './close-socket.js'

/** A page whose socket takes nothing for so long is gone, or stands in a debugger. */
const stuckMs = 10_000
/** A page selects when somebody clicks, and tells its pace once a second. */
const mostMessagesPerSecond = 50

export interface PageClientOptions {
  readonly socket: WebSocket
  /** Of each feed that is shown, shared by all pages. */
  readonly watches: readonly StateWatch[]
  /** The shortest time between two messages of the market, ms. */
  readonly frameMs: number
  /** Shared by all pages. */
  readonly texts: SharedTexts
  readonly clock: Clock
}

/**
 * One page that is connected. It is sent the newest there is when its socket has taken what was sent before, and nothing waits for it: a page that reads slowly costs the
 * server no memory and sees less often how it is, never how it was.
 */
export class PageClient {
  readonly #socket: WebSocket
  readonly #feeds: readonly LiveFeed[]
  readonly #clock: Clock
  readonly #texts: SharedTexts
  readonly #fastestMs: number
  readonly #states: readonly StateReader[]
  #market: MarketReader
  #frameMs: number
  #sentAt = Number.NEGATIVE_INFINITY
  /** Since when its socket takes nothing; null while it does. */
  #stuckSince: number | null = null
  #second = 0
  #messagesInSecond = 0
  #isAnswering = true

  constructor({ socket, watches, frameMs, texts, clock }: PageClientOptions) {
    const feeds = watches.map(({ feed }) => feed)
    const [first] = feeds
    if (first === undefined) throw new TypeError('A dashboard shows at least one feed.')
    this.#socket = socket
    this.#feeds = feeds
    this.#clock = clock
    this.#texts = texts
    this.#fastestMs = frameMs
    this.#frameMs = frameMs
    this.#states = watches.map((watch) => new StateReader(watch, texts))
    this.#market = new MarketReader(first, first.symbols[0] as string, texts)
  }

  greet(hello: HelloMessage): void {
    this.#socket.send(JSON.stringify(hello))
  }

  /** Sends what is new of how each feed is, as it was looked at last. Left out where the socket has not taken what was sent before: the next time tells that as well. */
  tellStates(now: number): void {
    for (const state of this.#states) if (!this.#isBehind) this.#socket.send(state.next(now))
  }

  /** Sends the market where something of it is new, the page draws as fast, and the socket has taken what was sent before. Ends a page that takes nothing any more. */
  tellMarket(now: number): void {
    if (this.#isBehind) {
      this.#stuckSince ??= now
      if (now - this.#stuckSince > stuckMs) this.#socket.terminate()
      return
    }
    this.#stuckSince = null
    // Timers come a little early or late: half a frame off is on time.
    if (now - this.#sentAt < this.#frameMs - this.#fastestMs / 2) return
    const text = this.#market.next(now)
    if (text === null) return
    this.#sentAt = now
    this.#socket.send(text)
  }

  /** What the page asks for; false where that is not to be had. */
  answer(message: PageMessage): boolean {
    if (message.type === 'pace') {
      this.#frameMs = Math.max(message.frameMs, this.#fastestMs)
      return true
    }
    const feed = this.#feeds.find(({ exchange }) => exchange === message.exchange)
    if (feed === undefined) return false
    if (message.type === 'cut') {
      feed.emulation?.cut(message.seconds)
      return feed.isEmulated
    }
    if (!feed.symbols.includes(message.symbol)) return false
    if (message.type === 'mute') {
      feed.emulation?.mute(message.symbol, message.seconds)
      return feed.isEmulated
    }
    this.#market = new MarketReader(feed, message.symbol, this.#texts)
    this.#sentAt = Number.NEGATIVE_INFINITY
    return true
  }

  /** Counts what the page sends; false once it is too much, and then the socket is closed. */
  admit(now: number): boolean {
    const second = Math.floor(now / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#messagesInSecond = 0
    }
    this.#messagesInSecond += 1
    if (this.#isAnswering && this.#messagesInSecond > mostMessagesPerSecond) {
      this.#isAnswering = false
      this.close(1008)
    }
    return this.#isAnswering
  }

  close(code: LiveCloseCode): void {
    closeSocket(this.#socket, code, this.#clock)
  }

  get #isBehind(): boolean {
    return this.#socket.bufferedAmount > 0
  }
}
