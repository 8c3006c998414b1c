import { type Channel, candleIntervals, MessageType } from '@tapewire/core'
import {
  anything,
  decimal,
  finiteNumber,
  flag,
  flatLevels,
  fullText,
  integer,
  numberOrText,
  oneOf,
  orNull,
  text,
  textList,
  type ValueKind,
} from './value-kinds.js'

/** The fields of an object, each with what it may hold: these and no others. */
export type Fields = Readonly<Record<string, ValueKind>>

const side = oneOf('buy', 'sell')

/** The payload of each channel, one row of it where the payload is a list. Source: docs/messages.md. */
export const payloadFields: Readonly<Record<Channel, Fields>> = {
  orderbook: {
    kind: oneOf('snapshot', 'delta'),
    bids: flatLevels,
    asks: flatLevels,
    firstSequence: orNull(integer),
    lastSequence: orNull(integer),
    checksum: orNull(numberOrText),
    digits: anything,
  },
  trades: {
    id: orNull(fullText),
    price: finiteNumber,
    size: finiteNumber,
    side,
    time: orNull(finiteNumber),
  },
  book_ticker: {
    bidPrice: orNull(finiteNumber),
    bidSize: orNull(finiteNumber),
    askPrice: orNull(finiteNumber),
    askSize: orNull(finiteNumber),
  },
  ticker: {
    last: orNull(finiteNumber),
    open: orNull(finiteNumber),
    high: orNull(finiteNumber),
    low: orNull(finiteNumber),
    baseVolume: orNull(finiteNumber),
    quoteVolume: orNull(finiteNumber),
    change: orNull(finiteNumber),
    bidPrice: orNull(finiteNumber),
    askPrice: orNull(finiteNumber),
  },
  candles: {
    interval: oneOf(...candleIntervals),
    openTime: finiteNumber,
    open: finiteNumber,
    high: finiteNumber,
    low: finiteNumber,
    close: finiteNumber,
    baseVolume: orNull(finiteNumber),
    quoteVolume: orNull(finiteNumber),
    closed: orNull(flag),
  },
  orders: {
    id: fullText,
    clientId: orNull(text),
    side: orNull(side),
    type: orNull(oneOf('limit', 'market', 'stop')),
    timeInForce: orNull(oneOf('gtc', 'ioc', 'fok', 'post_only')),
    status: orNull(
      oneOf('open', 'partially_filled', 'filled', 'cancelled', 'partially_cancelled', 'rejected', 'expired'),
    ),
    price: orNull(decimal),
    triggerPrice: orNull(decimal),
    size: orNull(decimal),
    filledSize: orNull(decimal),
    remainingSize: orNull(decimal),
    averagePrice: orNull(decimal),
    createdAt: orNull(finiteNumber),
    updatedAt: orNull(finiteNumber),
  },
  executions: {
    id: fullText,
    orderId: fullText,
    clientId: orNull(text),
    side: orNull(side),
    price: decimal,
    size: decimal,
    quoteSize: orNull(decimal),
    fee: orNull(decimal),
    feeAsset: orNull(text),
    liquidity: orNull(oneOf('maker', 'taker')),
    time: orNull(finiteNumber),
  },
  balances: {
    asset: fullText,
    free: orNull(decimal),
    locked: orNull(decimal),
    total: orNull(decimal),
    change: orNull(decimal),
    freeChange: orNull(decimal),
    reason: orNull(text),
    time: orNull(finiteNumber),
  },
}

/** The texts of levels, where there are any. */
export const digitsFields: Fields = { bids: textList, asks: textList }

/** The payload of each type of message that belongs to no channel. */
export const controlFields: ReadonlyMap<number, Fields> = new Map<number, Fields>([
  [
    MessageType.SubscriptionConfirm,
    {
      action: orNull(oneOf('subscribe', 'unsubscribe')),
      requestId: orNull(finiteNumber),
      wireChannel: orNull(text),
      accepted: textList,
      rejected: anything,
      others: anything,
    },
  ],
  [
    MessageType.Reply,
    {
      requestId: orNull(finiteNumber),
      ok: flag,
      exchangeCode: orNull(text),
      reason: orNull(text),
      payload: anything,
    },
  ],
  [MessageType.Heartbeat, { kind: oneOf('ping', 'pong'), reply: orNull(text) }],
  [MessageType.Error, { code: fullText, message: text, wireChannel: orNull(text), failure: orNull(text) }],
  [MessageType.Other, { wireChannel: orNull(text), notice: orNull(oneOf('upgrade')), detail: text }],
  [MessageType.Unknown, { reason: text }],
])
