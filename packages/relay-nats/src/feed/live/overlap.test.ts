import { type DataMessage, parseInstrument, type Stream } from '@tapewire/core'
import { createStream, dataMessage } from '@tapewire/core/adapter'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrameHeader, readHeader } from '../../encoding/frame-header.js'
import { FrameWriter } from '../../encoding/frame-writer.js'
import { readMessages } from '../../encoding/read-frame.js'
import { Overlap } from './overlap.js'

const btc = parseInstrument('BTC/USDT')
const description = { id: 'trades', instrument: btc, wireChannel: 'trades', wireSymbol: null } as const
const trades = createStream({ ...description, channels: ['trades'] })
const books = createStream({ ...description, id: 'book', channels: ['orderbook'] })

const trade = (number: number, time: number): DataMessage =>
  dataMessage<'trades'>(trades, btc, [{ id: String(number), price: 1, size: 1, side: 'buy', time }], time, 0, null)

const change = (id: number): DataMessage => {
  const data = { kind: 'delta', bids: [1, id], asks: [], firstSequence: id, lastSequence: id, checksum: null } as const
  return dataMessage<'orderbook'>(books, btc, { ...data, digits: null }, null, 0, id)
}

/** The messages as a frame brings them, in memory that the next frame writes over. */
const arrived = Buffer.alloc(4_096)
const admit = (overlap: Overlap, stream: Stream, given: readonly DataMessage[], continues: boolean): unknown[] => {
  if (given.length === 0) return []
  const writer = new FrameWriter()
  writer.begin('data', { relay: 1, epoch: 1, sequence: 1 })
  for (const message of given) writer.addMessage(message)
  const frame = writer.finish(0)
  arrived.set(frame)
  const payload = arrived.subarray(0, frame.length)
  const header = readHeader(payload) as FrameHeader
  const messages = readMessages(payload, header, { stream, instrumentOf: parseInstrument, receivedAt: 0 })
  return [...overlap.admit(stream, { payload, messages: messages ?? [], mark: 0, continues })]
}

describe('what a new owner tells that took over in order', () => {
  test('is told once, however far back it begins and however the messages lie in frames', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 })
    // Several trades of one millisecond, as there are; no more of them than in one frame.
    fc.assert(
      fc.property(sizes, sizes, fc.nat(30), (before, after, back) => {
        const overlap = new Overlap()
        const count = before.reduce((sum, size) => sum + size, 0)
        const all = Array.from({ length: count + 20 }, (_, index) => trade(index, Math.floor(index / 2)))
        const told: unknown[] = []
        let next = 0
        for (const size of before) {
          told.push(...admit(overlap, trades, all.slice(next, next + size), false))
          next += size
        }
        next = Math.max(0, next - back)
        for (const size of after) {
          told.push(...admit(overlap, trades, all.slice(next, next + size), true))
          next += size
        }
        if (next < count) next = count
        told.push(...admit(overlap, trades, all.slice(next), false))
        expect(told).toEqual(all)
      }),
    )
  })

  test('is told once also after messages that a relay fetched for a gap, which are older than what came before them', () => {
    const fetched = (number: number): DataMessage => ({ ...trade(number, number), backfilled: true })
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 })
    const late = fc.array(fc.nat(11), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(sizes, late, sizes, fc.nat(30), (before, places, after, back) => {
        const overlap = new Overlap()
        const count = before.reduce((sum, size) => sum + size, 0)
        // What was missed happened before everything else.
        const all = Array.from({ length: count + 20 }, (_, index) => trade(1_000 + index, 1_000 + index))
        let next = 0
        before.forEach((size, frame) => {
          const missed = places.filter((place) => place === frame || (place >= before.length && frame === 0))
          const news = admit(overlap, trades, all.slice(next, next + size), false)
          expect(news).toHaveLength(size)
          expect(admit(overlap, trades, missed.map(fetched), false)).toHaveLength(missed.length)
          next += size
        })
        next = Math.max(0, next - back)
        const told: unknown[] = []
        for (const size of after) {
          told.push(...admit(overlap, trades, all.slice(next, next + size), true))
          next += size
        }
        expect(told).toEqual(all.slice(count, Math.max(count, next)))
      }),
    )
  })

  test('is left out of a book where the exchange’s ids say that it is old', () => {
    const overlap = new Overlap()
    admit(overlap, books, [change(1), change(2), change(3)], false)
    expect(admit(overlap, books, [change(2), change(3), change(4)], true)).toEqual([change(4)])
  })

  test('is left out also where the new owner receives it only after it took over, frame by frame, until something is news', () => {
    const overlap = new Overlap()
    admit(overlap, trades, [trade(1, 1)], false)
    admit(overlap, trades, [trade(2, 2)], false)
    overlap.noteState(trades, { status: 'live', reason: '', since: 0 }, true)
    expect(admit(overlap, trades, [trade(1, 1)], false)).toEqual([])
    expect(admit(overlap, trades, [trade(2, 2), trade(3, 3)], false)).toEqual([trade(3, 3)])
    expect(admit(overlap, trades, [trade(3, 3)], false)).toEqual([trade(3, 3)])
  })

  test('is not measured by what somebody said who called itself the owner and was none', () => {
    const overlap = new Overlap()
    admit(overlap, trades, [trade(1, 1)], false)
    admit(overlap, trades, [trade(99, 9e12)], true)
    overlap.noteDisowned(trades)
    expect(admit(overlap, trades, [trade(2, 2)], false)).toEqual([trade(2, 2)])
    expect(admit(overlap, trades, [trade(1, 1), trade(2, 2), trade(3, 3)], true)).toEqual([trade(3, 3)])
  })

  test('is all news where nothing was told before', () => {
    expect(admit(new Overlap(), trades, [trade(1, 1)], true)).toEqual([trade(1, 1)])
  })

  test('is not looked for in what comes in the ordinary way, where the same may happen twice', () => {
    const overlap = new Overlap()
    admit(overlap, trades, [trade(1, 1)], false)
    expect(admit(overlap, trades, [trade(1, 1)], false)).toEqual([trade(1, 1)])
  })
})
