import type { AnyExchangeDefinition, CandleInterval, Channel, Instrument, Stream } from '@tapewire/core'
import { candleIntervals, publicChannels, StreamError } from '@tapewire/core'
import { assertChannel, plannedIntervals, Streams, StreamTable, type SubscriptionRequest } from '@tapewire/core/adapter'
import type { Subjects } from '../../subjects.js'

/** Which candles are meant where no width is named. */
const usualIntervals: readonly CandleInterval[] = ['1m']

/** What an exchange has of them is known to its relays alone: who asks for what it has not is refused there. */
export const marketChannels: AnyExchangeDefinition['channels'] = publicChannels.map((channel) => ({
  channel,
  wireChannel: channel,
  evidence: 'recorded',
}))

/** The streams of one consumer: each is known by the subject that brings it. */
export class LiveStreams {
  readonly #exchange: string
  readonly #subjects: Subjects
  readonly #streams = new Streams()
  /** By the bytes of its subject. */
  readonly table: StreamTable = new StreamTable(() => null)

  constructor(exchange: string, subjects: Subjects) {
    this.#exchange = exchange
    this.#subjects = subjects
  }

  /** Throws as `SubscriptionStrategy.plan`. */
  plan(request: SubscriptionRequest): readonly Stream[] {
    const { channel, instruments } = request
    assertChannel(channel, { exchange: this.#exchange, scope: 'public', channels: marketChannels })
    if (instruments.length === 0) {
      throw new StreamError('ERR_INVALID_SYMBOL', `No symbol was named, and ${channel} cannot do without.`)
    }
    const widths = { exchange: this.#exchange, has: candleIntervals, usual: usualIntervals }
    const intervals = channel === 'candles' ? plannedIntervals(request, widths) : [null]
    return [...new Set(instruments)].flatMap((instrument) =>
      intervals.map((interval) => this.#stream(channel, instrument, interval)),
    )
  }

  #stream(channel: Channel, instrument: Instrument, interval: CandleInterval | null): Stream {
    const id = this.#subjects.data({ channel, symbol: instrument.name, interval })
    const stream = this.#streams.planned({
      id,
      channels: [channel],
      instrument,
      ...(interval === null ? {} : { params: { interval } }),
      wireChannel: channel,
      wireSymbol: null,
    })
    this.table.learn(id, stream)
    return stream
  }
}
