import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, hashText, randomInteger, randomItem } from './random.js'

describe('createRandom', () => {
  it('repeats from the same seed, on every machine', () => {
    const random = createRandom(42)
    expect([random(), random(), random()].map((value) => value.toFixed(9))).toMatchInlineSnapshot(`
      [
        "0.601103752",
        "0.448290559",
        "0.852465793",
      ]
    `)
  })

  it('stays from 0 up to 1 and is spread evenly', () => {
    const random = createRandom(7)
    const buckets = new Array<number>(10).fill(0)
    for (let index = 0; index < 100_000; index++) {
      const bucket = Math.floor(random() * 10)
      buckets[bucket] = (buckets[bucket] ?? Number.NaN) + 1
    }
    expect(buckets).toHaveLength(10)
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(600)
  })
})

it('draws whole numbers and items within their bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat({ max: 100 }), (seed, lowest, width) => {
      const random = createRandom(seed)
      const value = randomInteger(random, lowest, lowest + width)
      expect(Number.isInteger(value) && value >= lowest && value <= lowest + width).toBe(true)
      expect(['a', 'b', 'c']).toContain(randomItem(random, ['a', 'b', 'c']))
    }),
  )
})

it('hashes text to the published FNV-1a values', () => {
  expect(hashText('')).toBe(0x811c9dc5)
  expect(hashText('a')).toBe(0xe40c292c)
  expect(hashText('foobar')).toBe(0xbf9cf968)
})
