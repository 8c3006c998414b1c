import type { Stream } from '../model/stream.js'
import type { ExchangeLimits } from '../strategy/exchange-limits.js'

/** A connection that can take streams. */
export interface Placeable {
  /** Streams it carries. */
  readonly size: number
  /** Whether it can take more at all. */
  readonly isOpen: boolean
  has(stream: Stream): boolean
  /** Whether it carries a stream with this key already, and so can take no other. */
  hasExclusive(key: string): boolean
}

/** Where new streams go: onto connections that exist, and onto new ones. */
export interface Placement<Place> {
  readonly existing: readonly { readonly place: Place; readonly streams: readonly Stream[] }[]
  /** One entry for each connection to be made. */
  readonly fresh: readonly (readonly Stream[])[]
}

/** Streams we put on one connection: the exchange's limit less our headroom, at least one. */
export function connectionCapacity(limits: ExchangeLimits): number {
  return Math.max(1, limits.streamsPerConnection - limits.streamHeadroom)
}

/** A connection while streams are being placed: what room is left, and which exclusive keys are taken. */
class Room {
  readonly streams: Stream[] = []
  #left: number
  readonly #taken = new Set<string>()
  readonly #isTaken: (key: string) => boolean

  constructor(left: number, isTaken: (key: string) => boolean) {
    this.#left = left
    this.#isTaken = isTaken
  }

  /** Takes a stream; false where it does not fit. */
  take(stream: Stream): boolean {
    const { exclusive } = stream
    if (this.#left <= 0) return false
    if (exclusive !== null) {
      if (this.#taken.has(exclusive) || this.#isTaken(exclusive)) return false
      this.#taken.add(exclusive)
    }
    this.#left -= 1
    this.streams.push(stream)
    return true
  }
}

/**
 * Places streams without moving any that is already placed: room is filled in the order of the connections, what is left over gets new ones. Streams with the
 * same exclusive key are kept apart.
 */
export function placeStreams<Place extends Placeable>(
  streams: readonly Stream[],
  places: readonly Place[],
  limits: ExchangeLimits,
): Placement<Place> {
  const capacity = connectionCapacity(limits)
  const rooms = places.map(
    (place) => new Room(place.isOpen ? capacity - place.size : 0, (key) => place.hasExclusive(key)),
  )
  const fresh: Room[] = []
  for (const stream of new Set(streams)) {
    if (places.some((place) => place.has(stream))) continue
    if (rooms.some((room) => room.take(stream)) || fresh.some((room) => room.take(stream))) continue
    const room = new Room(capacity, () => false)
    room.take(stream)
    fresh.push(room)
  }
  return {
    existing: rooms.flatMap((room, index) =>
      room.streams.length === 0 ? [] : [{ place: places[index] as Place, streams: room.streams }],
    ),
    fresh: fresh.map((room) => room.streams),
  }
}
