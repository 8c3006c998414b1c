import { type ParsedMessage, unnamedInstrument } from '@tapewire/core'

/** What every JSON line says of a message. Pairs print as `BTC/USDT`, types as their integers. */
export interface MessageRecord {
  readonly type: number
  readonly symbol: string | null
  readonly channel: string | null
  readonly exchangeTime: number | null
  readonly sequence: number | null
  readonly data: unknown
}

/** A message as plain data. */
export function messageRecord({ type, symbol, channel, exchangeTime, sequence, data }: ParsedMessage): MessageRecord {
  return {
    type,
    symbol: symbol === null || symbol === unnamedInstrument ? null : symbol.name,
    channel,
    exchangeTime,
    sequence,
    data,
  }
}
