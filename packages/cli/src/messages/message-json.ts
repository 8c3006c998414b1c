import type { Channel } from '@tapewire/core'
import { type ParsedMessage, unnamedInstrument } from '@tapewire/core/adapter'

/** What every JSON line says of a message. Streams print as their ids, instruments as `BTC/USDT`, types as their integers. */
export interface MessageRecord {
  readonly type: number
  readonly stream: string | null
  readonly symbol: string | null
  readonly channel: Channel | null
  readonly exchangeTime: number | null
  readonly sequence: number | null
  readonly data: unknown
}

/** A message as plain data. */
export function messageRecord(message: ParsedMessage): MessageRecord {
  const { type, stream, symbol, channel, exchangeTime, sequence, data } = message
  return {
    type,
    stream: stream?.id ?? null,
    symbol: symbol === null || symbol === unnamedInstrument ? null : symbol.name,
    channel,
    exchangeTime,
    sequence,
    data,
  }
}
