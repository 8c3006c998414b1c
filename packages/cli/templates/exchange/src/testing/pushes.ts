// #private
import type {
  BalanceEvent,
  BookChange,
  BookImage,
  FillEvent,
  MarketCandle,
  MarketStatistics,
  MarketTrade,
  OrderEvent,
} from '@tapewire/testkit'
// #public
import type { BookChange, BookImage, MarketCandle, MarketStatistics, MarketTrade } from '@tapewire/testkit'
// #end
// #private
import { wireNameOf } from './requests.js'
// #end
import type { Fields } from './wire.js'

// Left to write: the `data` of Newex's pushes as its documentation has them.

export function tradeData({ id, price, size, side }: MarketTrade): Fields {
  return { id: String(id), price, size, side }
}

export function snapshotData({ lastId, bids, asks }: BookImage): Fields {
  return { kind: 'snapshot', first: null, last: lastId, bids, asks }
}

export function updateData({ firstId, lastId, bids, asks }: BookChange): Fields {
  return { kind: 'update', first: firstId, last: lastId, bids, asks }
}

export function quoteData({ bids, asks }: BookImage): Fields {
  const [bid = null, bidSize = null] = bids[0] ?? []
  const [ask = null, askSize = null] = asks[0] ?? []
  return { bid, bidSize, ask, askSize }
}

export function tickerData({ last, open, high, low, baseVolume, quoteVolume }: MarketStatistics): Fields {
  return { last, open, high, low, volume: baseVolume, quoteVolume }
}

export function candleData({ openTime, open, high, low, close, baseVolume, closed }: MarketCandle): Fields {
  return { openTime, open, high, low, close, volume: baseVolume, closed }
}
// #private

export function orderData(order: OrderEvent): Fields {
  const { id, clientId, pair, side, type, timeInForce, price, size, filledSize, averagePrice, status } = order
  const { createdAt, updatedAt } = order
  const terms = { id, clientId, market: wireNameOf(pair), side, type, timeInForce, price, size }
  return { ...terms, filledSize, averagePrice, status, createdAt, updatedAt }
}

export function fillData({ id, orderId, clientId, pair, side, price, size, ...rest }: FillEvent): Fields {
  const { fee, feeAsset, liquidity, time } = rest
  return { id, orderId, clientId, market: wireNameOf(pair), side, price, size, fee, feeAsset, liquidity, time }
}

export function balanceData({ asset, free, locked, total }: BalanceEvent): Fields {
  return { asset, free, locked, total }
}
// #end
