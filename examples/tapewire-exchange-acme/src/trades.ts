import { type Instrument, MessageType, type Side, type TradesMessage } from '@tapewire/core'
import { decimal, type Fields, integer, list } from './fields.js'

/**
 * Sample: `{"channel":"trades","market":"BTC-USDT","time":1767225600123,"trades":[[18,"87500.1","0.004","b"]]}`
 * The last item is the taker's side: `b` bought, `s` sold.
 */
export function tradesMessage(symbol: Instrument, push: Fields, receivedAt: number): TradesMessage {
  const time = integer(push.time)
  const trades = list(push.trades).map((item) => {
    const [id, price, size, side] = list(item)
    return { id: String(integer(id)), price: decimal(price), size: decimal(size), side: takerSide(side), time }
  })
  return {
    type: MessageType.Trades,
    symbol,
    channel: 'trades',
    data: trades,
    exchangeTime: time,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

function takerSide(value: unknown): Side {
  if (value === 'b') return 'buy'
  if (value === 's') return 'sell'
  throw new TypeError('a side was expected')
}
