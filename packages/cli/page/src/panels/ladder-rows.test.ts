import { expect, test } from 'vitest'
import { ladderOf } from './ladder-rows.js'

test('levels add up from the touch, and bars compare both sides', () => {
  const ladder = ladderOf(
    {
      bids: [
        [99, 1],
        [98, 4],
        [97, 9],
      ],
      asks: [[101, 2]],
    },
    2,
  )
  expect(ladder.bids).toEqual([
    { price: 99, size: 1, total: 1, share: 0.25 },
    { price: 98, size: 4, total: 5, share: 1 },
  ])
  expect(ladder.asks).toEqual([{ price: 101, size: 2, total: 2, share: 0.5 }])
  expect([ladder.spread, ladder.spreadBasisPoints]).toEqual([2, 200])
})

test('an empty side has no spread', () => {
  expect(ladderOf({ bids: [[99, 1]], asks: [] }, 5)).toMatchObject({ asks: [], spread: null, spreadBasisPoints: null })
})
