import {
  type CandleInterval,
  type Channel,
  candleIntervals,
  type Instrument,
  type Stream,
  StreamError,
} from '@tapewire/core'
import {
  plannedIntervals,
  type StreamDescription,
  Streams,
  StreamTable,
  type SubscriptionRequest,
  type WireSymbol,
} from '@tapewire/core/adapter'
import { candleChannel, channelNames } from './channels.js'
import { toInstrumentOrNull, toWireSymbol } from './symbols.js'

/** The streams of one wire channel: made when planned, found by the wire symbol of each message. */
export class WireChannelStreams {
  readonly table: StreamTable
  readonly wireChannel: string
  readonly #streams: Streams
  readonly #channels: readonly [Channel, ...Channel[]]
  readonly #params: Readonly<Record<string, string>>

  constructor(
    streams: Streams,
    wireChannel: string,
    channels: readonly [Channel, ...Channel[]],
    params: Readonly<Record<string, string>> = {},
  ) {
    this.#streams = streams
    this.wireChannel = wireChannel
    this.#channels = channels
    this.#params = params
    this.table = new StreamTable((name) => {
      const instrument = toInstrumentOrNull(name)
      return instrument && this.#streams.unasked(this.#describe(instrument))
    })
  }

  plan(instrument: Instrument): Stream {
    const description = this.#describe(instrument)
    const stream = this.#streams.planned(description)
    this.table.learn(description.wireSymbol, stream)
    return stream
  }

  #describe(instrument: Instrument): StreamDescription & { readonly wireSymbol: WireSymbol } {
    const wireSymbol = toWireSymbol(instrument)
    return {
      id: streamId(this.wireChannel, wireSymbol),
      channels: this.#channels,
      instrument,
      params: this.#params,
      wireChannel: this.wireChannel,
      wireSymbol,
    }
  }
}

/** What acknowledgements name a stream by. */
export function streamId(wireChannel: string, wireSymbol: string): string {
  return `${wireChannel}:${wireSymbol}`
}

/** All streams of one set of strategies. */
export class NimbusStreams {
  readonly trades: WireChannelStreams
  readonly book: WireChannelStreams
  readonly ticker: WireChannelStreams
  /** By the interval as Nimbus writes it, which is as we do. */
  readonly candles: ReadonlyMap<string, WireChannelStreams>
  readonly #usualIntervals: readonly CandleInterval[]

  /** `usualIntervals` are the candles that are meant where a request names none. */
  constructor(usualIntervals: readonly CandleInterval[]) {
    const streams = new Streams()
    this.trades = new WireChannelStreams(streams, 'trades', ['trades'])
    this.book = new WireChannelStreams(streams, 'book', ['orderbook'])
    this.ticker = new WireChannelStreams(streams, 'ticker', ['ticker', 'book_ticker'])
    this.candles = new Map(
      candleIntervals.map((interval) => [
        interval,
        new WireChannelStreams(streams, candleChannel(interval), ['candles'], { interval }),
      ]),
    )
    this.#usualIntervals = usualIntervals
  }

  /** The wire channels that bring what is asked for. Throws `ERR_UNSUPPORTED_CHANNEL`, and `ERR_UNSUPPORTED_OPTION` for candles of a width that nobody knows. */
  of(request: SubscriptionRequest): readonly WireChannelStreams[] {
    const { channel } = request
    switch (channel) {
      case 'trades':
        return [this.trades]
      case 'orderbook':
        return [this.book]
      case 'ticker':
      case 'book_ticker':
        return [this.ticker]
      case 'candles':
        return plannedIntervals(request, {
          exchange: 'nimbus_spot',
          has: candleIntervals,
          usual: this.#usualIntervals,
        }).flatMap((interval) => this.candles.get(interval) ?? [])
      default:
        throw new StreamError('ERR_UNSUPPORTED_CHANNEL', `nimbus_spot has no ${channel}.`, {
          hint: `It has ${channelNames()}.`,
        })
    }
  }
}
