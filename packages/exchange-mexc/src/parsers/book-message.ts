import { type Instrument, MessageType, type OrderbookData, type OrderbookMessage } from '@tapewire/core'
import type { PushOrigin } from './push-origin.js'

/** The message of a push on either depth channel; its sequence is the last version it covers. */
export function bookMessage(origin: PushOrigin, symbol: Instrument, data: OrderbookData): OrderbookMessage {
  return {
    type: MessageType.Orderbook,
    symbol,
    channel: 'orderbook',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: data.lastSequence,
    raw: null,
  }
}
