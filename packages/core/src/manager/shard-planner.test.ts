import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExchangeLimits } from '../strategy/exchange-definition.js'
import type { Stream } from '../strategy/subscription-strategy.js'
import { connectionCapacity, type Placeable, placeStreams } from './shard-planner.js'

const limits = (streamsPerConnection: number, streamHeadroom = 0): ExchangeLimits =>
  ({ streamsPerConnection, streamHeadroom }) as ExchangeLimits

const streamsOf = (ids: readonly number[]): Stream[] => ids.map((id) => ({ id: String(id) }) as Stream)

class FakeShard implements Placeable {
  readonly id: string
  readonly ids: Set<string>
  readonly isOpen: boolean

  constructor(id: number, ids: readonly number[], isOpen: boolean) {
    this.id = String(id)
    this.ids = new Set(ids.map(String))
    this.isOpen = isOpen
  }

  get size(): number {
    return this.ids.size
  }

  has(streamId: string): boolean {
    return this.ids.has(streamId)
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

describe('placeStreams', () => {
  test('never puts more on a connection than it may carry, moves none, loses none, and opens no more than need be', () => {
    const shards = fc.array(fc.record({ from: fc.nat({ max: 40 }), count: fc.nat({ max: 8 }), isOpen: fc.boolean() }), {
      maxLength: 5,
    })
    const capacities = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(Number.POSITIVE_INFINITY))
    fc.assert(
      fc.property(shards, capacities, fc.array(fc.nat({ max: 60 }), { maxLength: 60 }), (parts, capacity, asked) => {
        // Some connections are over the limit already, as when a venue lowers it.
        const existing = parts.map(
          ({ from, count, isOpen }, index) =>
            new FakeShard(
              index,
              Array.from({ length: count }, (_, step) => from + step),
              isOpen,
            ),
        )
        const plan = placeStreams(streamsOf(asked), existing, limits(capacity))
        const placed = [...plan.existing.flatMap(({ streams }) => streams), ...plan.fresh.flat()].map(({ id }) => id)
        const carried = new Set(existing.flatMap((shard) => [...shard.ids]))
        // Each new stream once, and none that a connection has.
        expect([...placed].sort()).toEqual([...new Set(asked.map(String))].filter((id) => !carried.has(id)).sort())
        for (const { shard, streams } of plan.existing) {
          expect(shard.isOpen && streams.length > 0 && shard.size + streams.length <= capacity).toBe(true)
        }
        for (const streams of plan.fresh) expect(streams.length > 0 && streams.length <= capacity).toBe(true)
        // Only the last new connection has room left, and there is none where an old one has.
        expect(plan.fresh.slice(0, -1).every((streams) => streams.length === capacity)).toBe(true)
        const roomLeft = existing.some((shard) => {
          const added = plan.existing.find((part) => part.shard === shard)?.streams.length ?? 0
          return shard.isOpen && shard.size + added < capacity
        })
        expect(plan.fresh.length > 0 && roomLeft).toBe(false)
      }),
    )
  })
})
