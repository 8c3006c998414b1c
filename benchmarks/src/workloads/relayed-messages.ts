import { type Channel, type ChannelPayloads, type DataMessage, type Stream, toInstrument } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'

/** Messages of one stream, as an adapter makes them. */
export interface RelayedMessages {
  readonly stream: Stream
  readonly messages: readonly DataMessage[]
}

const startsAt = 1_767_225_600_000
const instrument = toInstrument('BTC/USDT')

/** So many messages of a channel, each of other contents: numbers and texts of the length that exchanges send. */
export function relayedMessages(channel: Channel, count: number): RelayedMessages {
  const isOfAccount = channel === 'orders' || channel === 'executions' || channel === 'balances'
  const stream = createStream({
    id: channel,
    channels: [channel],
    instrument: isOfAccount ? null : instrument,
    wireChannel: channel,
    wireSymbol: null,
  })
  const symbol = channel === 'balances' ? null : instrument
  const messages = Array.from({ length: count }, (_, index) => {
    const data = payloads[channel](index) as ChannelPayloads['trades']
    const time = startsAt + index * 37
    return dataMessage<'trades'>(stream, symbol, data, time, time + 4, 61_000_000 + index * 3) as DataMessage
  })
  return { stream, messages }
}

const price = (index: number): number => (9_001_240 + ((index * 7919) % 20_011)) / 100
const size = (index: number): number => (1 + ((index * 104_729) % 1_000_003)) / 100_000
const amount = (index: number): string => size(index).toFixed(5)
const time = (index: number): number => startsAt + index * 37
const side = (index: number): 'buy' | 'sell' => (index % 3 === 0 ? 'sell' : 'buy')

function levels(index: number): number[] {
  return Array.from({ length: 6 }, (_, level) => [price(index + level), size(index * 6 + level)]).flat()
}

const payloads: { readonly [Name in Channel]: (index: number) => ChannelPayloads[Name] } = {
  orderbook: (index) => ({
    kind: 'delta',
    bids: levels(index),
    asks: levels(index + 3),
    firstSequence: 61_000_000 + index * 3,
    lastSequence: 61_000_002 + index * 3,
    checksum: null,
    digits: null,
  }),
  trades: (index) => [
    { id: String(5_736_713_123 + index), price: price(index), size: size(index), side: side(index), time: time(index) },
  ],
  book_ticker: (index) => ({
    bidPrice: price(index),
    bidSize: size(index),
    askPrice: price(index + 1),
    askSize: size(index + 1),
  }),
  ticker: (index) => ({
    last: price(index),
    open: price(index + 1),
    high: price(index + 2),
    low: price(index + 3),
    baseVolume: size(index) * 1000,
    quoteVolume: size(index + 1) * 1e7,
    change: size(index) / 1000,
    bidPrice: price(index),
    askPrice: price(index + 1),
  }),
  candles: (index) => ({
    interval: '1m',
    openTime: startsAt + index * 60_000,
    open: price(index),
    high: price(index + 1),
    low: price(index + 2),
    close: price(index + 3),
    baseVolume: size(index),
    quoteVolume: null,
    closed: index % 5 === 0,
  }),
  orders: (index) => ({
    id: String(784_561_230_000 + index),
    clientId: `t-${(index * 7919).toString(36)}`,
    side: side(index),
    type: 'limit',
    timeInForce: 'gtc',
    status: index % 2 === 0 ? 'open' : 'partially_filled',
    price: price(index).toFixed(2),
    triggerPrice: null,
    size: amount(index),
    filledSize: amount(index + 1),
    remainingSize: amount(index + 2),
    averagePrice: price(index + 1).toFixed(2),
    createdAt: time(index),
    updatedAt: time(index + 1),
  }),
  executions: (index) => ({
    id: String(5_736_713_123 + index),
    orderId: String(784_561_230_000 + index),
    clientId: `t-${(index * 7919).toString(36)}`,
    side: side(index),
    price: price(index).toFixed(2),
    size: amount(index),
    quoteSize: amount(index + 1),
    fee: amount(index + 2),
    feeAsset: 'USDT',
    liquidity: index % 2 === 0 ? 'maker' : 'taker',
    time: time(index),
  }),
  balances: (index) => [
    {
      asset: 'USDT',
      free: amount(index),
      locked: amount(index + 1),
      total: amount(index + 2),
      change: amount(index + 3),
      freeChange: amount(index + 4),
      reason: 'order-create',
      time: time(index),
    },
  ],
}
