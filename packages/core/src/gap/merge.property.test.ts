import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DataMessage, FeedMessage } from '../model/message.js'
import type { BackfillRules } from '../strategy/backfill.js'
import { DeliveryMemory } from './delivery-memory.js'
import { SentTimes } from './sent-times.js'
import { orderMessage, start, streamOf, tradeMessage } from './test-support.js'
import { keysOf } from './told.js'

interface Happening {
  /** How much later than the one before, ms; several may fall into one. */
  readonly afterMs: number
  readonly price: number
}

/** How it goes on between a loss and the end of its merge. */
interface Course {
  readonly happenings: readonly Happening[]
  /** The first that is lost, and the first that comes on the stream again, as shares of all. */
  readonly lost: number
  readonly back: number
  /** How many of those that come again do so before the fetch ends, and how many of all are not yet known to REST. */
  readonly before: number
  readonly lag: number
  /** How many trades a message of the stream holds. */
  readonly batch: number
  readonly seed: number
}

const course: fc.Arbitrary<Course> = fc.record({
  happenings: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 3 }), price: fc.integer({ min: 1, max: 2 }) }), {
    minLength: 3,
    maxLength: 60,
  }),
  lost: fc.double({ min: 0, max: 1, noNaN: true }),
  back: fc.double({ min: 0, max: 1, noNaN: true }),
  before: fc.nat(20),
  lag: fc.nat(4),
  batch: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
})

const stream = streamOf('trades')

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

describe('trades before, during and after a gap', () => {
  test.each(['id', 'content'] as const)(
    'are told once each whatever comes first, told apart by %s',
    (identity: BackfillRules['identity']) => {
      fc.assert(
        fc.property(course, ({ happenings, lost, back, before, lag, batch, seed }) => {
          let time = start
          const all = happenings.map(({ afterMs, price }, index) => {
            time += afterMs
            return { id: `${index}`, price, size: 1, side: 'buy' as const, time }
          })
          const wire = (trade: (typeof all)[number]) => (identity === 'id' ? trade : { ...trade, id: null })
          const from = 1 + Math.floor(lost * (all.length - 1))
          const to = from + Math.floor(back * (all.length - from))
          // What happened in the millisecond of the last remembered cannot be told from what was forgotten.
          fc.pre(all[from - 1]?.time !== all[0]?.time || from < 16)
          const memory = new DeliveryMemory('trades', 2, { identity, acceptedAt: start, sentTimes: new SentTimes() })
          const told: FeedMessage[] = []
          const push = (trades: readonly (typeof all)[number][]): void => {
            if (trades.length === 0) return
            const rest = memory.admit(tradeMessage(stream, trades, time))
            if (rest !== null) told.push(rest)
          }
          for (const part of batches(all.slice(0, from), batch)) push(part)
          const reach = memory.beginMerge(time, null)
          const after = batches(all.slice(to), batch)
          for (const part of after.slice(0, before)) push(part)
          // By content, a trade that REST does not know yet cannot be told from an earlier one of its millisecond that is alike.
          const known = identity === 'id' ? Math.max(to, all.length - lag) : all.length
          const rest = all.slice(0, known)
          const page = [...rest].sort((one, other) => ((Number(one.id) * seed) % 7) - ((Number(other.id) * seed) % 7))
          const fetched = page.map((trade): DataMessage => tradeMessage(stream, [wire(trade)], time))
          for (const message of fetched) {
            const news = memory.merge.take(message, reach.from)
            if (news !== null) told.push(news)
          }
          memory.endMerge(time)
          for (const part of after.slice(before)) push(part)
          const keys = (messages: readonly FeedMessage[]): string[] =>
            messages
              .flatMap((message) => (message.channel === 'trades' ? keysOf(message as never, 'content') : []))
              .sort()
          expect(keys(told)).toEqual(keys([tradeMessage(stream, all, time)]))
        }),
        { numRuns: 300 },
      )
    },
  )
})

describe('an order before, during and after a gap', () => {
  test('never goes back, and ends in its last state', () => {
    const account = streamOf('orders', null)
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.nat(8),
        fc.nat(8),
        fc.nat(8),
        fc.nat(8),
        (fills, isFilled, lost, back, seen, before) => {
          let filled = 0
          const states = [orderMessage(account, { size: '100' }, start)]
          for (const fill of fills) {
            filled += fill
            const parts = { size: '100', status: 'partially_filled', filledSize: String(filled) } as const
            states.push(orderMessage(account, parts, start + states.length))
          }
          const end = isFilled ? 'filled' : 'partially_cancelled'
          states.push(
            orderMessage(account, { size: '100', status: end, filledSize: String(filled) }, start + states.length),
          )
          const from = Math.min(lost, states.length)
          const to = Math.min(from + back, states.length)
          const memory = new DeliveryMemory('orders', 7, {
            identity: 'id',
            acceptedAt: start,
            sentTimes: new SentTimes(),
          })
          const told: FeedMessage[] = []
          const push = (message: FeedMessage): void => {
            const rest = memory.admit(message)
            if (rest !== null) told.push(rest)
          }
          for (const state of states.slice(0, from)) push(state)
          const reach = memory.beginMerge(start, null)
          const after = states.slice(to)
          for (const state of after.slice(0, before)) push(state)
          // REST knows at least what happened until the stream was back.
          const latest = states[Math.min(states.length - 1, Math.max(to - 1, seen))] as DataMessage
          const news = memory.merge.take(latest, reach.from)
          if (news !== null) told.push(news)
          memory.endMerge(start)
          for (const state of after.slice(before)) push(state)
          const course = told.map(({ data }) => Number((data as { filledSize: string }).filledSize))
          expect(course).toEqual([...course].sort((one, other) => one - other))
          expect((told.at(-1)?.data as { status: string } | undefined)?.status).toBe(end)
          expect(new Set(told.map(({ data }) => data)).size).toBe(told.length)
        },
      ),
    )
  })
})
