import { dataMessage, protoDigits, protoInteger, protoLevels, protoShape, protoText } from '@tapewire/core/adapter'
import { missingFault } from '../../shared/fields.js'
import type { PushReader } from '../../shared/push.js'
import { wireChannels } from '../channels.js'
import type { MexcSpotStreams } from '../streams.js'

const aggreDepth = protoShape({
  asks: protoLevels(1),
  bids: protoLevels(2),
  eventType: protoText(3),
  fromVersion: protoDigits(4),
  toVersion: protoDigits(5),
  lastOrderCreateTime: protoInteger(6),
})

/**
 * `spot@public.aggre.depth`: absolute sizes that changed from `fromVersion` to `toVersion`, both included; zero removes a level.
 * An empty side is absent, and asks precede bids. Source: MEXC spot v3 API docs, "Diff.Depth Stream".
 */
export const aggreDepthPush: PushReader<MexcSpotStreams> = {
  field: 313,
  channel: 'aggre.depth',
  wireChannel: wireChannels.aggreDepth,
  shape: aggreDepth,
  isQuote: false,
  read(push, streams) {
    const stream = push.streamIn(streams.aggreDepth, wireChannels.aggreDepth)
    if (stream === null) return push.unreadable()
    const { slots } = aggreDepth
    const firstSequence = aggreDepth.number(slots.fromVersion)
    const lastSequence = aggreDepth.number(slots.toVersion)
    if (Number.isNaN(firstSequence + lastSequence)) {
      return missingFault({ fromVersion: firstSequence, toVersion: lastSequence })
    }
    const data = {
      kind: 'delta',
      bids: aggreDepth.levels(slots.bids),
      asks: aggreDepth.levels(slots.asks),
      firstSequence,
      lastSequence,
      checksum: null,
      digits: null,
    } as const
    return dataMessage<'orderbook'>(stream, stream.instrument, data, push.exchangeTime, push.receivedAt, lastSequence)
  },
}

const limitDepth = protoShape({
  asks: protoLevels(1),
  bids: protoLevels(2),
  eventType: protoText(3),
  version: protoDigits(4),
  lastOrderCreateTime: protoInteger(5),
})

/**
 * `spot@public.limit.depth`: the best 5, 10 or 20 levels of each side, best first; each push replaces the book.
 * Source: MEXC spot v3 API docs, "Partial Book Depth Streams".
 */
export const limitDepthPush: PushReader<MexcSpotStreams> = {
  field: 303,
  channel: 'limit.depth',
  wireChannel: wireChannels.limitDepth,
  shape: limitDepth,
  isQuote: false,
  read(push, streams) {
    const stream = push.streamIn(streams.limitDepth, wireChannels.limitDepth)
    if (stream === null) return push.unreadable()
    const { slots } = limitDepth
    const lastSequence = limitDepth.number(slots.version)
    if (Number.isNaN(lastSequence)) return 'version is missing'
    const data = {
      kind: 'snapshot',
      bids: limitDepth.levels(slots.bids),
      asks: limitDepth.levels(slots.asks),
      firstSequence: null,
      lastSequence,
      checksum: null,
      digits: null,
    } as const
    return dataMessage<'orderbook'>(stream, stream.instrument, data, push.exchangeTime, push.receivedAt, lastSequence)
  },
}
