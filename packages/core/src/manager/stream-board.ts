import type { Clock } from '../clock/clock.js'
import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import type { StreamState, StreamStatus } from '../model/stream-state.js'
import type { Stream } from '../strategy/subscription-strategy.js'

interface Entry {
  state: StreamState
  /** Looks at it since it last delivered or was marked. */
  silentLooks: number
  /** Several wire streams can serve one symbol and channel. */
  readonly streamIds: Set<string>
}

/** The state of every wanted stream, kept current by what happens to it. One map look-up a message. */
export class StreamBoard {
  readonly #clock: Clock
  readonly #onChange: (state: StreamState) => void
  readonly #byChannel = new Map<Channel, Map<Instrument | null, Entry>>()

  constructor(clock: Clock, onChange: (state: StreamState) => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  /** Every stream's state. */
  get states(): readonly StreamState[] {
    return [...this.#byChannel.values()].flatMap((entries) => [...entries.values()].map((entry) => entry.state))
  }

  /** The state of one stream; null where it is not wanted. */
  stateOf(symbol: Instrument | null, channel: Channel): StreamState | null {
    return this.#find(symbol, channel)?.state ?? null
  }

  add(streams: readonly Stream[]): void {
    for (const { id, symbol, channel } of streams) {
      let entries = this.#byChannel.get(channel)
      if (entries === undefined) {
        entries = new Map()
        this.#byChannel.set(channel, entries)
      }
      const entry = entries.get(symbol)
      if (entry !== undefined) {
        entry.streamIds.add(id)
        continue
      }
      const state: StreamState = {
        symbol,
        channel,
        status: 'syncing',
        reason: 'waiting for the first message',
        since: this.#clock.now(),
      }
      entries.set(symbol, { state, silentLooks: 0, streamIds: new Set([id]) })
      this.#onChange(state)
    }
  }

  remove(streams: readonly Stream[]): void {
    for (const { id, symbol, channel } of streams) {
      const entry = this.#find(symbol, channel)
      entry?.streamIds.delete(id)
      if (entry?.streamIds.size === 0) this.#byChannel.get(channel)?.delete(symbol)
    }
  }

  /** A message arrived: its stream delivers. */
  touch(message: FeedMessage): void {
    const { channel } = message
    if (channel === null) return
    const entries = this.#byChannel.get(channel)
    if (entries === undefined) return
    const entry = entries.get(message.symbol) ?? entries.get(null)
    if (entry === undefined) return
    if (entry.state.status !== 'live') this.#set(entry, 'live', 'delivering')
    entry.silentLooks = 0
  }

  /** Marks streams, wherever they are wanted. */
  mark(streams: readonly Stream[], status: StreamStatus, reason: string): void {
    for (const { symbol, channel } of streams) this.markOne(symbol, channel, status, reason)
  }

  /** Looks for live streams that have been silent for more than `looks` looks: they are stale, but for those that are silent by nature. */
  look(looks: number, reason: string): void {
    for (const [channel, entries] of this.#byChannel) {
      if (!isRegular(channel)) continue
      for (const entry of entries.values()) {
        if (entry.state.status !== 'live') continue
        entry.silentLooks += 1
        if (entry.silentLooks > looks) this.#set(entry, 'stale', reason)
      }
    }
  }

  markOne(symbol: Instrument | null, channel: Channel, status: StreamStatus, reason: string): void {
    const entry = this.#find(symbol, channel)
    if (entry !== undefined && (entry.state.status !== status || entry.state.reason !== reason))
      this.#set(entry, status, reason)
  }

  #set(entry: Entry, status: StreamStatus, reason: string): void {
    entry.state = { ...entry.state, status, reason, since: this.#clock.now() }
    entry.silentLooks = 0
    this.#onChange(entry.state)
  }

  #find(symbol: Instrument | null, channel: Channel): Entry | undefined {
    return this.#byChannel.get(channel)?.get(symbol)
  }
}

/** Streams an exchange pushes on its own account. Trades, and what happens in an account, come when they come. */
function isRegular(channel: Channel): boolean {
  return channel === 'orderbook' || channel === 'book_ticker' || channel === 'ticker' || channel === 'candles'
}
