import type { InboundFrame, ParsedMessage, SymbolTable } from '@tapewire/core'
import { bookTickerPush } from './book-ticker.js'
import { candlePush } from './candle.js'
import { channelPlace } from './channel-place.js'
import { obuPush } from './obu.js'
import { orderBookPush } from './order-book.js'
import { orderBookUpdatePush } from './order-book-update.js'
import type { FastPush } from './push-shape.js'
import { tickerPush } from './ticker.js'
import { tradesPush } from './trades.js'

/** Every channel whose pushes are read from their bytes. */
export const fastPushes: readonly FastPush[] = [
  bookTickerPush,
  candlePush,
  obuPush,
  orderBookPush,
  orderBookUpdatePush,
  tickerPush,
  tradesPush,
]

/**
 * The message of a push that has exactly the declared shape, read from its bytes. Null for everything else: the reference decoder reads that, and would
 * have read the same message here.
 */
export function readFast(frame: InboundFrame, symbols: SymbolTable): ParsedMessage | null {
  const push = candidate(frame.bytes, channelPlace(frame.bytes, frame.start))
  if (push === null || !push.shape.scan(frame.bytes, frame.start, frame.end)) return null
  return push.read(frame, symbols)
}

/** Which channel it can be at most, by the letters that tell the names apart; the shape checks the rest. */
function candidate(bytes: Buffer, name: number): FastPush | null {
  switch (bytes[name]) {
    case letter.b:
      return bookTickerPush
    case letter.c:
      return candlePush
    case letter.t:
      return bytes[name + 1] === letter.r ? tradesPush : tickerPush
    case letter.o:
      if (bytes[name + 1] === letter.b) return obuPush
      return bytes[name + 'order_book'.length] === letter.underscore ? orderBookUpdatePush : orderBookPush
    default:
      return null
  }
}

const letter = { b: 98, c: 99, o: 111, r: 114, t: 116, underscore: 95 } as const
