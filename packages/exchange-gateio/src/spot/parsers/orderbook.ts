import type { OrderbookData } from '@tapewire/core'
import {
  choice,
  dataMessage,
  flag,
  integer,
  type JsonDeclaration,
  type JsonShape,
  nullable,
  optional,
  type ParsedMessage,
  priceLevels,
  type Slot,
  type StreamTable,
  text,
} from '@tapewire/core/adapter'
import { timeOfMilliseconds } from '../../shared/fields.js'
import { notAMarket, type PushReader, pushShape, pushTime, timesOfT } from '../../shared/push.js'
import { wireChannels } from '../channels.js'

/**
 * `spot.order_book_update`: what changed in the book; it needs a REST snapshot to start from. Source: Gate.io spot WebSocket v4 docs; announcement 44678
 * for `full` and `l`.
 *
 * ```json
 * {"t":1767225600205,"l":"100","e":"depthUpdate","E":1767225600,"s":"BTC_USDT","U":61000457,"u":61000460,"b":[["90012.4","0.5"]],"a":[]}
 * ```
 */
const updateShape = pushShape(wireChannels.orderBookUpdate, {
  t: nullable(integer),
  full: optional(flag),
  l: optional(text),
  e: optional(choice('depthUpdate')),
  E: optional(integer),
  s: text,
  U: optional(integer),
  u: integer,
  b: optional(priceLevels),
  a: optional(priceLevels),
})
const { result: updateSlots } = updateShape.slots

export const orderBookUpdatePush: PushReader = {
  shape: updateShape,
  streamField: 's',
  unread: ['l', 'e', 'E'],
  times: timesOfT,
  compose(streams, receivedAt) {
    const time = timeOfMilliseconds(updateShape.number(updateSlots.t)) ?? pushTime(updateShape)
    return composeDiff(updateShape, updateSlots, streams, time, receivedAt)
  },
}

/**
 * `spot.obu`: a book that needs no REST. A snapshot comes first, every other push continues at `U` = last `u` + 1 and may carry ids only. `s` names the
 * stream, not the market. Source: Gate.io announcement 45317; spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600160,"s":"ob.BTC_USDT.50","U":81200450011,"u":81200450014,"b":[["90012.4","0"]]}
 * ```
 */
const obuShape = pushShape(wireChannels.obu, {
  t: nullable(integer),
  full: optional(flag),
  s: text,
  U: optional(integer),
  u: integer,
  b: optional(priceLevels),
  a: optional(priceLevels),
})
const { result: obuSlots } = obuShape.slots

export const obuPush: PushReader = {
  shape: obuShape,
  streamField: 's',
  unread: [],
  times: timesOfT,
  compose(streams, receivedAt) {
    const time = timeOfMilliseconds(obuShape.number(obuSlots.t)) ?? pushTime(obuShape)
    return composeDiff(obuShape, obuSlots, streams, time, receivedAt)
  },
}

interface DiffSlots {
  readonly full: Slot<'flag'>
  readonly s: Slot<'text'>
  readonly U: Slot<'integer'>
  readonly u: Slot<'integer'>
  readonly b: Slot<'levels'>
  readonly a: Slot<'levels'>
}

/**
 * What `spot.order_book_update` and `spot.obu` share: absolute sizes for the ids `U` to `u`, size 0 removes, levels in no promised order, a side may be left
 * out. `full: true` (left out when false) replaces the book, may come at any time, and needs no `U`.
 */
function composeDiff(
  shape: Pick<JsonShape<JsonDeclaration>, 'flag' | 'levels' | 'number' | 'numberOrNull' | 'stream' | 'text'>,
  slots: DiffSlots,
  streams: StreamTable,
  time: number | null,
  receivedAt: number,
): ParsedMessage | string {
  const stream = shape.stream(slots.s, streams)
  if (stream === null) return notAMarket(shape.text(slots.s))
  const isFull = shape.flag(slots.full) === true
  const firstSequence = isFull ? null : shape.numberOrNull(slots.U)
  if (!isFull && firstSequence === null) return 'result.U is missing'
  const lastSequence = shape.number(slots.u)
  const data: OrderbookData = {
    kind: isFull ? 'snapshot' : 'delta',
    bids: shape.levels(slots.b),
    asks: shape.levels(slots.a),
    firstSequence,
    lastSequence,
    checksum: null,
    digits: null,
  }
  return dataMessage<'orderbook'>(stream, stream.instrument, data, time, receivedAt, lastSequence)
}

/**
 * `spot.order_book`: the whole top of the book on every push, bids falling and asks rising. A diff may leave a side out, an image may not: its absence would
 * read as an empty side. Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"t":1767225600221,"lastUpdateId":61000460,"s":"BTC_USDT","l":"5","bids":[["90012.4","0.5"]],"asks":[["90012.5","0.09"]]}
 * ```
 */
const imageShape = pushShape(wireChannels.orderBook, {
  t: nullable(integer),
  lastUpdateId: integer,
  s: text,
  l: optional(text),
  bids: priceLevels,
  asks: priceLevels,
})
const { result: imageSlots } = imageShape.slots

export const orderBookPush: PushReader = {
  shape: imageShape,
  streamField: 's',
  unread: ['l'],
  times: timesOfT,
  compose(streams, receivedAt) {
    const stream = imageShape.stream(imageSlots.s, streams)
    if (stream === null) return notAMarket(imageShape.text(imageSlots.s))
    const lastSequence = imageShape.number(imageSlots.lastUpdateId)
    const data: OrderbookData = {
      kind: 'snapshot',
      bids: imageShape.levels(imageSlots.bids),
      asks: imageShape.levels(imageSlots.asks),
      firstSequence: null,
      lastSequence,
      checksum: null,
      digits: null,
    }
    const time = timeOfMilliseconds(imageShape.number(imageSlots.t)) ?? pushTime(imageShape)
    return dataMessage<'orderbook'>(stream, stream.instrument, data, time, receivedAt, lastSequence)
  },
}
