import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tradingPair } from '../model/instrument.js'
import type { FeedMessage } from '../model/message.js'
import { Handover } from './handover.js'

const message = (sequence: number | null, parts: object = {}): FeedMessage =>
  ({
    type: 2,
    channel: 'trades',
    symbol: tradingPair('BTC', 'USDT'),
    sequence,
    data: [],
    receivedAt: 0,
    ...parts,
  }) as unknown as FeedMessage

describe('Handover', () => {
  test('knows an event again whenever it was received, and whatever its frame', () => {
    const handover = new Handover()
    handover.remember(message(7, { receivedAt: 1, raw: 'a' }))
    expect(handover.wasDelivered(message(7, { receivedAt: 2, raw: 'b' }))).toBe(true)
  })

  test.each([
    ['sequence', message(8)],
    ['content', message(7, { data: [1] })],
    ['symbol', message(7, { symbol: tradingPair('ETH', 'USDT') })],
    ['channel', message(7, { channel: 'ticker', type: 4 })],
  ])('takes another %s for another event', (_what, other) => {
    const handover = new Handover()
    handover.remember(message(7))
    expect(handover.wasDelivered(other)).toBe(false)
  })

  test('delivers the union of two overlapping streams once, however often events are alike', () => {
    // Both connections carry the same events, alike ones among them; the old one stops and the new one begins somewhere.
    const events = fc.array(fc.nat({ max: 3 }), { maxLength: 40 })
    fc.assert(
      fc.property(events, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (all, begin, overlap) => {
        const from = Math.min(begin, all.length)
        const until = Math.min(from + overlap, all.length)
        const handover = new Handover()
        const delivered = all.slice(from, until)
        for (const event of delivered) handover.remember(message(null, { data: [event] }))
        const rest = all.slice(from).filter((event) => !handover.wasDelivered(message(null, { data: [event] })))
        expect([...delivered, ...rest]).toEqual(all.slice(from))
      }),
    )
  })
})
