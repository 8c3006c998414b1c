import type { ExchangeLimits } from '../strategy/exchange-definition.js'
import type { Stream } from '../strategy/subscription-strategy.js'

/** A connection that can take streams. */
export interface Placeable {
  readonly id: string
  /** Streams it carries. */
  readonly size: number
  /** Whether it can take more at all. */
  readonly isOpen: boolean
  has(streamId: string): boolean
}

/** Where new streams go: onto connections that exist, and onto new ones. */
export interface Placement<Shard> {
  readonly existing: readonly { readonly shard: Shard; readonly streams: readonly Stream[] }[]
  /** One entry for each connection to be made. */
  readonly fresh: readonly (readonly Stream[])[]
}

/** Streams we put on one connection: the venue's limit less our headroom, at least one. */
export function connectionCapacity(limits: ExchangeLimits): number {
  return Math.max(1, limits.streamsPerConnection - limits.streamHeadroom)
}

/** Places streams without moving any that is already placed: room is filled in the order of the connections, what is left over gets new ones. */
export function placeStreams<Shard extends Placeable>(
  streams: readonly Stream[],
  shards: readonly Shard[],
  limits: ExchangeLimits,
): Placement<Shard> {
  const capacity = connectionCapacity(limits)
  const taken = new Set<string>()
  const waiting = streams.filter((stream) => {
    const isNew = !taken.has(stream.id) && !shards.some((shard) => shard.has(stream.id))
    taken.add(stream.id)
    return isNew
  })
  const existing: { shard: Shard; streams: Stream[] }[] = []
  let next = 0
  for (const shard of shards) {
    const room = shard.isOpen ? Math.max(0, capacity - shard.size) : 0
    if (room === 0 || next >= waiting.length) continue
    existing.push({ shard, streams: waiting.slice(next, next + room) })
    next += room
  }
  const fresh: Stream[][] = []
  for (; next < waiting.length; next += capacity) fresh.push(waiting.slice(next, next + capacity))
  return { existing, fresh }
}
