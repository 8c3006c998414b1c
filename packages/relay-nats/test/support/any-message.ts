import {
  type Channel,
  type ChannelPayloads,
  candleIntervals,
  type DataMessage,
  parseInstrument,
  type Stream,
} from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import fc from 'fast-check'

/** Any object of these fields, as plain as those that messages are made of. */
export function anyRecord<Fields>(
  fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> },
): fc.Arbitrary<Fields> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<Fields>
}

/** Numbers as exchanges send them, and those that a double holds only just. */
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 100_000_000 }).map((ticks) => ticks / 100),
  fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 2 ** 53, -1),
)
const time = fc.oneof(fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }), fc.constant(1_767_225_600_353.25))
const id = fc.oneof(fc.maxSafeInteger(), fc.constant(Number.MAX_SAFE_INTEGER))

/** Texts of every length at which the encoding takes another way, within and beyond ASCII. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '87500.10',
    'BTC',
    '龙虾USDT',
    'é',
    '😀',
    '\u0000',
    '\ufeffx',
    'x'.repeat(127),
    'x'.repeat(128),
  ),
  fc.string({ unit: 'grapheme', maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ minLength: 1, maxLength: 50 }),
  fc.string({ minLength: 100, maxLength: 200 }),
)
const decimal = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000_000 }).map((ticks) => (ticks / 10_000).toFixed(8)),
  anyText,
)

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 })
const side = fc.constantFrom('buy', 'sell')

const levels = fc.array(fc.tuple(number, number), { maxLength: 12 }).map((pairs): readonly number[] => pairs.flat())

const textsOf = (count: number): fc.Arbitrary<string[]> => fc.array(decimal, { minLength: count, maxLength: count })

const orderbook = fc.tuple(levels, levels).chain(([bids, asks]) =>
  anyRecord({
    kind: fc.constantFrom('snapshot', 'delta'),
    bids: fc.constant(bids),
    asks: fc.constant(asks),
    firstSequence: maybe(id),
    lastSequence: maybe(id),
    checksum: maybe(fc.oneof(number, anyText)),
    digits: maybe(anyRecord({ bids: textsOf(bids.length), asks: textsOf(asks.length) })),
  }),
)

/** Any payload of each channel. */
const anyPayload: { readonly [Name in Channel]: fc.Arbitrary<ChannelPayloads[Name]> } = {
  orderbook,
  trades: fc.array(anyRecord({ id: maybe(anyText), price: number, size: number, side, time: maybe(time) }), {
    maxLength: 5,
  }),
  book_ticker: anyRecord({
    bidPrice: maybe(number),
    bidSize: maybe(number),
    askPrice: maybe(number),
    askSize: maybe(number),
  }),
  ticker: anyRecord({
    last: maybe(number),
    open: maybe(number),
    high: maybe(number),
    low: maybe(number),
    baseVolume: maybe(number),
    quoteVolume: maybe(number),
    change: maybe(number),
    bidPrice: maybe(number),
    askPrice: maybe(number),
  }),
  candles: anyRecord({
    interval: fc.constantFrom(...candleIntervals),
    openTime: time,
    open: number,
    high: number,
    low: number,
    close: number,
    baseVolume: maybe(number),
    quoteVolume: maybe(number),
    closed: maybe(fc.boolean()),
  }),
  orders: anyRecord({
    id: anyText,
    clientId: maybe(anyText),
    side: maybe(side),
    type: maybe(fc.constantFrom('limit', 'market', 'stop')),
    timeInForce: maybe(fc.constantFrom('gtc', 'ioc', 'fok', 'post_only')),
    status: maybe(
      fc.constantFrom('open', 'partially_filled', 'filled', 'cancelled', 'partially_cancelled', 'rejected', 'expired'),
    ),
    price: maybe(decimal),
    triggerPrice: maybe(decimal),
    size: maybe(decimal),
    filledSize: maybe(decimal),
    remainingSize: maybe(decimal),
    averagePrice: maybe(decimal),
    createdAt: maybe(time),
    updatedAt: maybe(time),
  }),
  executions: anyRecord({
    id: anyText,
    orderId: anyText,
    clientId: maybe(anyText),
    side: maybe(side),
    price: decimal,
    size: decimal,
    quoteSize: maybe(decimal),
    fee: maybe(decimal),
    feeAsset: maybe(anyText),
    liquidity: maybe(fc.constantFrom('maker', 'taker')),
    time: maybe(time),
  }),
  balances: fc.array(
    anyRecord({
      asset: anyText,
      free: maybe(decimal),
      locked: maybe(decimal),
      total: maybe(decimal),
      change: maybe(decimal),
      freeChange: maybe(decimal),
      reason: maybe(anyText),
      time: maybe(time),
    }),
    { maxLength: 4 },
  ),
}

const instruments = ['BTC/USDT', '龙虾/USDT', 'BTC/USDT:USDT-261225'].map(parseInstrument)
const marketChannels: readonly Channel[] = ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles']

/** A stream of one instrument for market data, and of the whole account for the rest. */
export function streamOf(channel: Channel): Stream {
  const isMarket = marketChannels.includes(channel)
  return createStream({
    id: channel,
    channels: [channel],
    instrument: isMarket ? parseInstrument('BTC/USDT') : null,
    wireChannel: channel,
    wireSymbol: null,
  })
}

/** Any messages of one stream, at least one: fields of each, times that repeat, and some that were backfilled. */
export function anyMessages(stream: Stream): fc.Arbitrary<readonly DataMessage[]> {
  const { channel } = stream
  const symbol =
    channel === 'balances'
      ? fc.constant(null)
      : fc.constantFrom(...(stream.instrument ? [stream.instrument] : instruments))
  const message = anyRecord({
    symbol,
    data: anyPayload[channel] as fc.Arbitrary<ChannelPayloads['trades']>,
    exchangeTime: maybe(time),
    receivedAt: time,
    sequence: maybe(id),
    isBackfilled: fc.boolean(),
  }).map(({ data, exchangeTime, receivedAt, sequence, isBackfilled, ...rest }): DataMessage => {
    const plain = dataMessage<'trades'>(stream, rest.symbol, data, exchangeTime, receivedAt, sequence)
    return isBackfilled ? { ...plain, backfilled: true } : plain
  })
  return fc.array(message, { minLength: 1, maxLength: 5 })
}
