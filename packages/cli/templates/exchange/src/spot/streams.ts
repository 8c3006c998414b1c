import type { CandleInterval, Channel, Instrument, Stream } from '@tapewire/core'
import {
  plannedIntervals,
  type StreamDescription,
  Streams,
  StreamTable,
  type SubscriptionRequest,
} from '@tapewire/core/adapter'
import { wireChannels } from './channels.js'
import { newexIntervals } from './options.js'
import { instrumentOf, wireSymbolOf } from './symbols.js'

/** A kind of stream: what Newex calls it, and which of our channels it feeds. */
interface Feed {
  readonly channel: Channel
  readonly wireChannel: string
  readonly params?: Readonly<Record<string, string>>
}

const candleFeeds: readonly (Feed & { readonly interval: CandleInterval })[] = newexIntervals.map((interval) => ({
  channel: 'candles',
  wireChannel: `${wireChannels.candles}_${interval}`,
  params: { interval },
  interval,
}))

const marketFeeds: readonly Feed[] = [
  { channel: 'trades', wireChannel: wireChannels.trades },
  { channel: 'orderbook', wireChannel: wireChannels.book },
  { channel: 'book_ticker', wireChannel: wireChannels.quotes },
  { channel: 'ticker', wireChannel: wireChannels.ticker },
]
// #private

/** Each is one stream of the whole account. */
const accountFeeds: readonly Feed[] = [
  { channel: 'orders', wireChannel: wireChannels.orders },
  { channel: 'executions', wireChannel: wireChannels.executions },
  { channel: 'balances', wireChannel: wireChannels.balances },
]
// #end

/** The streams of one set of strategies, each made once. */
export class NewexSpotStreams {
  /** By the name that pushes and answers have for them, which is their id: `trades:BTC_USDT`. */
  readonly table: StreamTable = new StreamTable((name) => this.#unasked(name))
  readonly #streams = new Streams()
  readonly #usualIntervals: readonly CandleInterval[]

  /** `usualIntervals` are the candles that are meant where a request names none. */
  constructor(usualIntervals: readonly CandleInterval[]) {
    this.#usualIntervals = usualIntervals
  }

  /** Throws `ERR_INVALID_SYMBOL` for an instrument that Newex cannot spell, `ERR_UNSUPPORTED_OPTION` for candles of a width it does not have. */
  plan(request: SubscriptionRequest): readonly Stream[] {
    const { channel, instruments } = request
    // #private
    const ofAccount = accountFeeds.filter((feed) => feed.channel === channel)
    if (ofAccount.length > 0) return ofAccount.map((feed) => this.#planned(describe(feed, null)))
    // #end
    const feeds = channel === 'candles' ? this.#candleFeeds(request) : marketFeeds.filter((f) => f.channel === channel)
    return [...new Set(instruments)].flatMap((instrument) =>
      feeds.map((feed) => this.#planned(describe(feed, instrument))),
    )
  }

  #candleFeeds(request: SubscriptionRequest): readonly Feed[] {
    const widths = { exchange: 'newex_spot', has: newexIntervals, usual: this.#usualIntervals }
    const wanted = plannedIntervals(request, widths)
    return candleFeeds.filter(({ interval }) => wanted.includes(interval))
  }

  #planned(description: StreamDescription): Stream {
    const stream = this.#streams.planned(description)
    this.table.learn(stream.id, stream)
    return stream
  }

  /** A stream that nobody planned: of a recorded frame, or of an answer that comes late. Null where its name cannot be read. */
  #unasked(name: string): Stream | null {
    const [wireChannel = '', wireSymbol] = name.split(':', 2)
    // #private
    const ofAccount = accountFeeds.find((feed) => feed.wireChannel === name)
    if (ofAccount !== undefined) return this.#streams.unasked(describe(ofAccount, null))
    // #end
    const feed = [...marketFeeds, ...candleFeeds].find((candidate) => candidate.wireChannel === wireChannel)
    const instrument = wireSymbol === undefined ? null : instrumentOf(wireSymbol)
    return feed === undefined || instrument === null ? null : this.#streams.unasked(describe(feed, instrument))
  }
}

// #private
function describe({ channel, wireChannel, params = {} }: Feed, instrument: Instrument | null): StreamDescription {
  const wireSymbol = instrument === null ? null : wireSymbolOf(instrument)
  const id = wireSymbol === null ? wireChannel : `${wireChannel}:${wireSymbol}`
  return { id, channels: [channel], instrument, params, wireChannel, wireSymbol }
}
// #public
function describe({ channel, wireChannel, params = {} }: Feed, instrument: Instrument): StreamDescription {
  const wireSymbol = wireSymbolOf(instrument)
  return { id: `${wireChannel}:${wireSymbol}`, channels: [channel], instrument, params, wireChannel, wireSymbol }
}
// #end
