import { expect, test } from 'vitest'
import { depthPoints } from './depth-points.js'

test('the curve of a book adds up from the middle, by ascending price', () => {
  const points = depthPoints({
    bids: [
      [99, 1],
      [98, 2],
    ],
    asks: [
      [101, 3],
      [102, 4],
    ],
  })
  expect(points).toEqual({
    prices: [98, 99, 101, 102],
    bids: [3, 1, null, null],
    asks: [null, null, 3, 7],
    bidTotal: 3,
    askTotal: 7,
  })
})

test('both sides reach as far as the shorter one, so that their areas compare', () => {
  const points = depthPoints({
    bids: [
      [99, 1],
      [90, 50],
    ],
    asks: [
      [101, 1],
      [103, 1],
    ],
  })
  expect(points.prices).toEqual([99, 101, 103])
})

test('a side that is empty leaves the other one whole', () => {
  expect(depthPoints({ bids: [], asks: [[101, 1]] })).toMatchObject({ prices: [101], bids: [null], asks: [1] })
  expect(depthPoints({ bids: [], asks: [] })).toMatchObject({ prices: [], bidTotal: 0, askTotal: 0 })
})
