import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BookSide } from '../model/order-book.js'
import { PriceLevels } from './price-levels.js'
import { NaiveBook } from './test-support.js'

const side = fc.constantFrom<BookSide>('bids', 'asks')
const price = fc.oneof(
  fc.integer({ min: 1, max: 60 }),
  fc.integer({ min: 1, max: 5_000 }).map((ticks) => ticks / 100),
)
const size = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
)

function flat(levels: PriceLevels): number[] {
  return Array.from({ length: levels.count }, (_, index) => [levels.price(index), levels.size(index)]).flat()
}

describe('PriceLevels', () => {
  it('holds what a sorted map holds, whatever is set, dropped and loaded', () => {
    const set = fc.record({ do: fc.constant('set' as const), price, size })
    const setAll = fc.record({
      do: fc.constant('set all' as const),
      changes: fc.array(fc.tuple(price, size), { maxLength: 20 }),
      order: fc.constantFrom('as drawn', 'best first', 'worst first'),
    })
    const drop = fc.record({ do: fc.constant('drop' as const) })
    const load = fc.record({
      do: fc.constant('load' as const),
      prices: fc.uniqueArray(price, { maxLength: 80 }),
      order: fc.constantFrom('as drawn', 'best first', 'worst first'),
    })
    const actions = fc.array(
      fc.oneof(
        { weight: 60, arbitrary: set },
        { weight: 10, arbitrary: setAll },
        { weight: 6, arbitrary: drop },
        { weight: 1, arbitrary: load },
      ),
      { maxLength: 400 },
    )
    fc.assert(
      fc.property(side, actions, (name, script) => {
        const levels = new PriceLevels(name, 4)
        let oracle = new NaiveBook()
        for (const action of script) {
          if (action.do === 'set') {
            const before = oracle.levels(name).join()
            oracle.set(name, action.price, action.size)
            expect(levels.set(action.price, action.size)).toBe(before !== oracle.levels(name).join())
          } else if (action.do === 'set all') {
            const direction = (action.order === 'best first') === (name === 'asks') ? 1 : -1
            const inOrder = [...action.changes].sort(([one], [other]) => (one - other) * direction)
            const changes = action.order === 'as drawn' ? action.changes : inOrder
            for (const [each, amount] of changes) oracle.set(name, each, amount)
            levels.setAll(changes.flat())
          } else if (action.do === 'drop') {
            const farthest = oracle.levels(name).at(-2)
            if (farthest === undefined) continue
            oracle.set(name, farthest, 0)
            levels.dropFarthest()
          } else {
            const ascending = [...action.prices].sort((one, other) => one - other)
            const isAscending = (action.order === 'best first') === (name === 'asks')
            const prices = action.order === 'as drawn' ? action.prices : isAscending ? ascending : ascending.reverse()
            oracle = new NaiveBook()
            for (const each of prices) oracle.set(name, each, each * 2)
            levels.load(prices.flatMap((each) => [each, each * 2]))
          }
          expect(levels.count * 2).toBe(oracle.levels(name).length)
        }
        expect(flat(levels)).toEqual(oracle.levels(name))
        expect(flat(levels.copy())).toEqual(oracle.levels(name))
        for (const [index, each] of oracle.levels(name).entries()) {
          if (index % 2 === 0) expect(levels.sizeAt(each)).toBe(oracle.levels(name)[index + 1])
        }
      }),
    )
  })

  it('measures volume and average price as a walk over the levels does', () => {
    const levels = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 })), {
      selector: ([each]) => each,
      maxLength: 20,
    })
    fc.assert(
      fc.property(
        side,
        levels,
        fc.integer({ min: 0, max: 41 }),
        fc.integer({ min: 1, max: 120 }),
        (name, set, limit, wanted) => {
          const subject = new PriceLevels(name)
          subject.load(set.flat())
          const sorted = [...set].sort(([one], [other]) => (name === 'asks' ? one - other : other - one))
          const within = sorted.filter(([each]) => (name === 'asks' ? each <= limit : each >= limit))
          expect(subject.volumeTo(limit)).toBe(within.reduce((sum, [, each]) => sum + each, 0))
          const units = sorted.flatMap(([each, count]) => Array.from({ length: count }, () => each)).slice(0, wanted)
          const average = units.length < wanted ? Number.NaN : units.reduce((sum, each) => sum + each, 0) / wanted
          expect(subject.averagePrice(wanted)).toBe(average)
        },
      ),
    )
  })

  it('gives NaN for a level that is not there', () => {
    const levels = new PriceLevels('asks')
    levels.load([101, 1, 102, 2])
    expect([levels.price(-1), levels.price(2), levels.size(2), levels.price(0.5)]).toEqual([NaN, NaN, NaN, NaN])
  })

  it('copies without sharing', () => {
    const levels = new PriceLevels('bids')
    levels.load([100, 1, 99, 2])
    const copy = levels.copy()
    levels.set(100, 0)
    copy.set(98, 3)
    expect(flat(levels)).toEqual([99, 2])
    expect(flat(copy)).toEqual([100, 1, 99, 2, 98, 3])
  })
})
