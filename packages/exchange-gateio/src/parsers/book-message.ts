import { type Instrument, MessageType, type OrderbookData, type OrderbookMessage } from '@tapewire/core'

/** The message of any book channel; its sequence is the last id it covers. */
export function bookMessage(
  symbol: Instrument,
  data: OrderbookData,
  exchangeTime: number | null,
  receivedAt: number,
): OrderbookMessage {
  return {
    type: MessageType.Orderbook,
    symbol,
    channel: 'orderbook',
    data,
    exchangeTime,
    receivedAt,
    sequence: data.lastSequence,
    raw: null,
  }
}
