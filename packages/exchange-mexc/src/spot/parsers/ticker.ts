import type { ChannelMessage, Instrument, Stream } from '@tapewire/core'
import {
  dataMessage,
  malformedFrame,
  type ParsedMessage,
  protoDecimal,
  protoRepeated,
  protoShape,
  protoText,
} from '@tapewire/core/adapter'
import { contradiction, type Push, type PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

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

/** `spot@public.miniTicker`: one instrument. Source: MEXC spot v3 API docs, "MiniTicker". */
export const miniTickerPush: PushReader<MexcSpotStreams> = {
  field: 309,
  channel: 'miniTicker',
  wireChannel: wireChannels.miniTicker,
  shape: miniTicker,
  isQuote: false,
  read(push, streams) {
    const { symbol } = miniTicker.slots
    if (!push.isNamedWith(miniTicker.bytes, miniTicker.start(symbol), miniTicker.end(symbol))) return contradiction
    const stream = push.streamIn(streams.miniTicker, wireChannels.miniTicker)
    return stream === null ? push.unreadable() : readTicker(push, stream, stream.instrument)
  },
}

/** `spot@public.miniTickers`: one message an item, so that a symbol nobody can read costs only itself. */
export const miniTickersPush: PushReader<MexcSpotStreams> = {
  field: 310,
  channel: 'miniTickers',
  wireChannel: wireChannels.miniTickers,
  shape: miniTickers,
  isQuote: false,
  read(push, streams) {
    const { items } = miniTickers.slots
    const count = miniTickers.count(items)
    if (count === 0) return 'items are missing'
    const messages: ParsedMessage[] = []
    for (let index = 0; index < count; index += 1) {
      const isRead = miniTickers.scanItem(items, index, miniTicker)
      if (!isRead && !push.isReference) return 'an item cannot be read'
      messages.push(isRead ? readItem(push, streams) : unreadItem(push, streams, miniTicker.fault))
    }
    return messages
  },
}

function readItem(push: Push, streams: MexcSpotStreams): ParsedMessage {
  const { symbol } = miniTicker.slots
  const instrument = miniTicker.instrument(symbol, streams.symbols)
  if (instrument === null) {
    const wireSymbol = miniTicker.text(symbol)
    return wireSymbol === '' ? unreadItem(push, streams, 'symbol is missing') : push.unreadablePart(wireSymbol)
  }
  const message = readTicker(push, streams.miniTickers, instrument)
  return typeof message === 'string' ? unreadItem(push, streams, message) : message
}

function unreadItem(
  { receivedAt }: Push,
  { miniTickers: stream }: MexcSpotStreams,
  fault: string | null,
): ParsedMessage {
  return malformedFrame(receivedAt, `${miniTicker.text(miniTicker.slots.symbol)}: ${fault}`, { stream })
}

/**
 * On the wire `volume` is the quote turnover and `quantity` the base volume. `change` is the rate of the time zone subscribed to (`zonedRate`), which for `24H`
 * is the rolling day; where a push has none, the rate since midnight UTC+8. Source: MEXC spot v3 API docs, "MiniTicker".
 */
function readTicker(push: Push, stream: Stream, instrument: Instrument | null): ChannelMessage<'ticker'> | string {
  const { slots } = miniTicker
  const last = miniTicker.numberOrNull(slots.price)
  if (last === null) return 'price is missing'
  const data = {
    last,
    open: null,
    high: miniTicker.numberOrNull(slots.high),
    low: miniTicker.numberOrNull(slots.low),
    baseVolume: miniTicker.numberOrNull(slots.quantity),
    quoteVolume: miniTicker.numberOrNull(slots.volume),
    change: miniTicker.numberOrNull(slots.zonedRate) ?? miniTicker.numberOrNull(slots.rate),
    bidPrice: null,
    askPrice: null,
  }
  return dataMessage<'ticker'>(stream, instrument, data, push.exchangeTime, push.receivedAt, null)
}
