import { describe, expect, it } from 'vitest'
import type { LoggedPush } from '../processes/push-log.js'
import { pushDelays, type Round } from './push-delays.js'

const ms = (time: number): bigint => BigInt(time * 1e6)
const push = (content: string, atMs: number, { waitMs = 0, times = 1 } = {}): LoggedPush => ({
  content,
  atNs: ms(atMs),
  waitNs: waitMs * 1e6,
  times,
})
const rounds: readonly Round[] = [
  { fromNs: ms(100), untilNs: ms(200), isCut: false },
  { fromNs: ms(300), untilNs: ms(400), isCut: true },
]

describe('the delays of pushes', () => {
  it('are told apart by whether anything was cut in their round, and between two rounds there are none', () => {
    const pushed = [push('a', 100), push('b', 250), push('c', 300)]
    const delivered = [push('a', 102), push('b', 259), push('c', 305)]
    expect(pushDelays(pushed, delivered, rounds)).toEqual({
      calmMs: [2],
      cutMs: [5],
      leftOut: 0,
      lost: 0,
      doubled: 0,
    })
  })

  it('leave out what was under way while the client had no core, though much arrived at once afterwards', () => {
    const pushed = [push('before', 90), push('a', 110), push('b', 111), push('c', 120)]
    const late = { waitMs: 8 }
    const delivered = [push('before', 91), push('a', 119, late), push('b', 119, late), push('c', 121, late)]
    expect(pushDelays(pushed, delivered, rounds)).toMatchObject({ calmMs: [1], leftOut: 2 })
  })

  it('leave out what the exchange was about to send when it had no core', () => {
    const pushed = [push('a', 110), push('b', 130, { waitMs: 8 })]
    const delivered = [push('a', 121), push('b', 131)]
    expect(pushDelays(pushed, delivered, rounds)).toMatchObject({ calmMs: [1], leftOut: 1 })
  })

  it('come with what never arrived, and what arrived more often than a connection brought it', () => {
    const pushed = [push('early', 50), push('a', 110), push('b', 250), push('again', 310, { times: 2 })]
    const delivered = [push('a', 111, { times: 3 }), push('again', 311, { times: 2 })]
    expect(pushDelays(pushed, delivered, rounds)).toMatchObject({ lost: 1, doubled: 2 })
  })
})
