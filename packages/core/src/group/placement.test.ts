import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamOf, streamsById } from '../../test/support/streams.js'
import type { Stream } from '../model/stream.js'
import type { ExchangeLimits } from '../strategy/exchange-limits.js'
import { connectionCapacity, type Placeable, placeStreams } from './placement.js'

const limits = (streamsPerConnection: number, streamHeadroom = 0): ExchangeLimits =>
  ({ streamsPerConnection, streamHeadroom }) as ExchangeLimits

class FakePlace implements Placeable {
  readonly streams: ReadonlySet<Stream>
  readonly isOpen: boolean

  constructor(streams: readonly Stream[], isOpen = true) {
    this.streams = new Set(streams)
    this.isOpen = isOpen
  }

  get size(): number {
    return this.streams.size
  }

  has(stream: Stream): boolean {
    return this.streams.has(stream)
  }

  hasExclusive(key: string): boolean {
    return [...this.streams].some(({ exclusive }) => exclusive === key)
  }
}

describe('connectionCapacity', () => {
  test.each([
    [30, 2, 28],
    [1, 0, 1],
    [3, 5, 1],
    [Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY],
  ])('of %d streams with a headroom of %d is %d', (most, headroom, capacity) => {
    expect(connectionCapacity(limits(most, headroom))).toBe(capacity)
  })
})

const parts = fc.array(fc.record({ from: fc.nat({ max: 40 }), count: fc.nat({ max: 8 }), isOpen: fc.boolean() }), {
  maxLength: 5,
})
const capacities = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(Number.POSITIVE_INFINITY))
const asked = fc.array(fc.nat({ max: 60 }), { maxLength: 60 })

/** Connections that carry some of the streams already. Some are over the limit, as when an exchange lowers it. */
function placesOf(
  from: readonly { from: number; count: number; isOpen: boolean }[],
  streamNumber: (number: number) => Stream,
): FakePlace[] {
  return from.map(
    ({ from: first, count, isOpen }) =>
      new FakePlace(
        Array.from({ length: count }, (_, step) => streamNumber(first + step)),
        isOpen,
      ),
  )
}

describe('placeStreams', () => {
  test('never puts more on a connection than it may carry, moves none, loses none, and opens no more than need be', () => {
    fc.assert(
      fc.property(parts, capacities, asked, (from, capacity, numbers) => {
        const byId = streamsById()
        const existing = placesOf(from, (number) => byId(String(number)))
        const wanted = numbers.map((number) => byId(String(number)))
        const plan = placeStreams(wanted, existing, limits(capacity))
        const placed = [...plan.existing.flatMap(({ streams }) => streams), ...plan.fresh.flat()]
        const isCarried = (stream: Stream): boolean => existing.some((place) => place.has(stream))
        // Each new stream once, and none that a connection has.
        expect(placed.length).toBe(new Set(placed).size)
        expect(new Set(placed)).toEqual(new Set(wanted.filter((stream) => !isCarried(stream))))
        for (const { place, streams } of plan.existing) {
          expect(place.isOpen && streams.length > 0 && place.size + streams.length <= capacity).toBe(true)
        }
        for (const streams of plan.fresh) expect(streams.length > 0 && streams.length <= capacity).toBe(true)
        // Only the last new connection has room left, and there is none where an old one has.
        expect(plan.fresh.slice(0, -1).every((streams) => streams.length === capacity)).toBe(true)
        const roomLeft = existing.some((place) => {
          const added = plan.existing.find((part) => part.place === place)?.streams.length ?? 0
          return place.isOpen && place.size + added < capacity
        })
        expect(plan.fresh.length > 0 && roomLeft).toBe(false)
      }),
    )
  })

  test('fills the connections in their order, and streams in theirs', () => {
    const byId = streamsById()
    const [full, half, empty] = [new FakePlace([byId('a'), byId('b')]), new FakePlace([byId('c')]), new FakePlace([])]
    const plan = placeStreams(['d', 'c', 'e', 'f', 'd', 'g'].map(byId), [full, half, empty], limits(2))
    expect(plan).toEqual({
      existing: [
        { place: half, streams: [byId('d')] },
        { place: empty, streams: [byId('e'), byId('f')] },
      ],
      fresh: [[byId('g')]],
    })
  })

  test('keeps streams apart that have an exclusive key in common, on connections that exist and on new ones', () => {
    const minute = streamOf('1m', { exclusive: 'candles:BTC' })
    const hour = streamOf('1h', { exclusive: 'candles:BTC' })
    const day = streamOf('1d', { exclusive: 'candles:BTC' })
    const other = streamOf('1m of ETH', { exclusive: 'candles:ETH' })
    const plain = streamOf('trades')
    const first = new FakePlace([minute])
    const second = new FakePlace([])
    expect(placeStreams([hour, other, day, plain], [first, second], limits(10))).toEqual({
      existing: [
        { place: first, streams: [other, plain] },
        { place: second, streams: [hour] },
      ],
      fresh: [[day]],
    })
    expect(placeStreams([minute, hour, other, day], [], limits(10)).fresh).toEqual([[minute, other], [hour], [day]])
  })

  test('never lets two streams with one key share a connection, whatever is asked, and still places all of them', () => {
    const keys = fc.array(fc.option(fc.nat({ max: 3 }), { nil: null }), { minLength: 61, maxLength: 61 })
    fc.assert(
      fc.property(parts, capacities, asked, keys, (from, capacity, numbers, keyOf) => {
        const made = new Map<number, Stream>()
        const numbered = (number: number): Stream => {
          const key = keyOf[number] ?? null
          const exclusive = key === null ? null : String(key)
          const stream = made.get(number) ?? streamOf(String(number), { exclusive })
          made.set(number, stream)
          return stream
        }
        // What shares a connection already is left alone: only what is placed can be kept apart.
        const existing = placesOf(from, numbered)
        const wanted = numbers.map(numbered)
        const plan = placeStreams(wanted, existing, limits(capacity))
        const placed = new Set([...plan.existing.flatMap(({ streams }) => streams), ...plan.fresh.flat()])
        expect(placed).toEqual(new Set(wanted.filter((stream) => !existing.some((place) => place.has(stream)))))
        const keysOf = (streams: readonly Stream[]): string[] =>
          streams.flatMap(({ exclusive }) => (exclusive === null ? [] : [exclusive]))
        const groups = [...plan.existing.map(({ streams }) => streams), ...plan.fresh]
        for (const streams of groups) expect(keysOf(streams).length).toBe(new Set(keysOf(streams)).size)
        for (const { place, streams } of plan.existing) {
          expect(place.size + streams.length).toBeLessThanOrEqual(capacity)
          expect(keysOf(streams).filter((key) => place.hasExclusive(key))).toEqual([])
        }
        for (const streams of plan.fresh) expect(streams.length > 0 && streams.length <= capacity).toBe(true)
      }),
    )
  })
})
