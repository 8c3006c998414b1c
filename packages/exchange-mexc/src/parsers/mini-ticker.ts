import {
  errorMessage,
  type Instrument,
  MessageType,
  type ParsedMessage,
  protoDecimal,
  protoRepeated,
  protoShape,
  protoText,
  type SymbolTable,
  type TickerData,
  type TickerMessage,
} from '@tapewire/core'
import type { PublicMiniTickersV3Api, PublicMiniTickerV3Api } from '../generated/market-data.js'
import type { FastBody } from './fast-body.js'
import { PayloadFault } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'
import { readDecimal, readOptionalDecimal } from './read-value.js'
import { unreadableSymbol } from './unreadable-symbol.js'

/**
 * `spot@public.miniTicker`, and one item of `miniTickers`. On the wire `volume` is the quote turnover and `quantity` the base volume.
 * `change` is the rate of the time zone subscribed to (`zonedRate`), which for `24H` is the rolling day; where a push has none, the rate since
 * midnight UTC+8. Source: MEXC spot v3 API docs, "MiniTicker".
 */
export function normaliseMiniTicker(
  origin: PushOrigin,
  symbol: Instrument,
  body: PublicMiniTickerV3Api,
): TickerMessage {
  return tickerMessage(origin, symbol, {
    last: readDecimal(body.price, 'price'),
    open: null,
    high: readOptionalDecimal(body.high, 'high'),
    low: readOptionalDecimal(body.low, 'low'),
    baseVolume: readOptionalDecimal(body.quantity, 'quantity'),
    quoteVolume: readOptionalDecimal(body.volume, 'volume'),
    change: readOptionalDecimal(body.zonedRate, 'zonedRate') ?? readOptionalDecimal(body.rate, 'rate'),
    bidPrice: null,
    askPrice: null,
  })
}

/** `spot@public.miniTickers`: one message an item, so that a pair nobody can read costs only itself. */
export function normaliseMiniTickers(
  origin: PushOrigin,
  symbols: SymbolTable,
  body: PublicMiniTickersV3Api,
): readonly ParsedMessage[] {
  if (body.items.length === 0) throw new PayloadFault('items are missing')
  return body.items.map((item) => {
    const symbol = symbols.pairOf(item.symbol)
    if (symbol === null) return unreadableSymbol(origin, item.symbol)
    try {
      return normaliseMiniTicker(origin, symbol, item)
    } catch (thrown) {
      const fault = `${item.symbol}: ${(thrown as Error).message}`
      return errorMessage(origin.receivedAt, 'ERR_MALFORMED_FRAME', fault, origin.wireChannel)
    }
  })
}

function tickerMessage(origin: PushOrigin, symbol: Instrument, data: TickerData): TickerMessage {
  return {
    type: MessageType.Ticker,
    symbol,
    channel: 'ticker',
    data,
    exchangeTime: origin.exchangeTime,
    receivedAt: origin.receivedAt,
    sequence: null,
    raw: null,
  }
}

const miniTicker = protoShape({
  symbol: protoText(1),
  price: protoDecimal(2),
  rate: protoDecimal(3),
  zonedRate: protoDecimal(4),
  high: protoDecimal(5),
  low: protoDecimal(6),
  volume: protoDecimal(7),
  quantity: protoDecimal(8),
  lastCloseRate: protoText(9),
  lastCloseZonedRate: protoText(10),
  lastCloseHigh: protoText(11),
  lastCloseLow: protoText(12),
})
const miniTickers = protoShape({ items: protoRepeated(1, miniTicker.declaration) })

export const miniTickerBody: FastBody = {
  field: 309,
  channel: 'miniTicker',
  shape: miniTicker,
  isQuote: false,
  read: scannedTicker,
}

function scannedTicker(origin: PushOrigin, symbol: Instrument): TickerMessage | null {
  const { slots } = miniTicker
  const last = miniTicker.numberOrNull(slots.price)
  if (last === null) return null
  return tickerMessage(origin, symbol, {
    last,
    open: null,
    high: miniTicker.numberOrNull(slots.high),
    low: miniTicker.numberOrNull(slots.low),
    baseVolume: miniTicker.numberOrNull(slots.quantity),
    quoteVolume: miniTicker.numberOrNull(slots.volume),
    change: miniTicker.numberOrNull(slots.zonedRate) ?? miniTicker.numberOrNull(slots.rate),
    bidPrice: null,
    askPrice: null,
  })
}

export const miniTickersBody: FastBody<SymbolTable> = {
  field: 310,
  channel: 'miniTickers',
  shape: miniTickers,
  isQuote: false,
  read(origin, symbols) {
    const { items } = miniTickers.slots
    const count = miniTickers.count(items)
    if (count === 0) return null
    const messages: ParsedMessage[] = []
    for (let index = 0; index < count; index += 1) {
      const message = miniTickers.scanItem(items, index, miniTicker) ? scannedItem(origin, symbols) : null
      if (message === null) return null
      messages.push(message)
    }
    return messages
  },
}

function scannedItem(origin: PushOrigin, symbols: SymbolTable): ParsedMessage | null {
  const wireSymbol = miniTicker.slots.symbol
  const symbol = miniTicker.pair(wireSymbol, symbols)
  return symbol === null ? unreadableSymbol(origin, miniTicker.text(wireSymbol)) : scannedTicker(origin, symbol)
}
