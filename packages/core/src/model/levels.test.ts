import { describe, expect, test } from 'vitest'
import { levels } from './levels.js'

describe('levels', () => {
  test('walks flat levels in pairs, in order', () => {
    expect([...levels([100.5, 2, 101, 0])]).toEqual([
      { price: 100.5, size: 2 },
      { price: 101, size: 0 },
    ])
  })

  test('walks nothing where there is nothing, and leaves half a pair out', () => {
    expect([...levels([])]).toEqual([])
    expect([...levels([100, 1, 101])]).toEqual([{ price: 100, size: 1 }])
  })
})
