import { describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import { overlappingRanges } from '../strategy/book-rules.js'
import { MessageMaker } from './test-support.js'
import { UpdateBuffer } from './update-buffer.js'

const make = new MessageMaker(new ManualClock())

function lastIds(buffer: UpdateBuffer, sequence: number): (number | null)[] | null {
  const messages = buffer.after(sequence)
  if (messages instanceof StreamError) throw messages
  return messages?.map((message) => message.data.lastSequence) ?? null
}

describe('UpdateBuffer', () => {
  it('gives what follows a snapshot, and null for a snapshot that is too old', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 10)
    for (const id of [11, 12, 13]) buffer.push(make.change(id, id))
    expect(lastIds(buffer, 13)).toEqual([])
    expect(lastIds(buffer, 11)).toEqual([12, 13])
    expect(lastIds(buffer, 10)).toEqual([11, 12, 13])
    expect(lastIds(buffer, 9)).toBeNull()
  })

  it('takes a change whose range holds the snapshot', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 10)
    buffer.push(make.change(11, 20))
    expect(lastIds(buffer, 15)).toEqual([20])
  })

  it('keeps only what follows a hole', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 10)
    expect(buffer.push(make.change(11, 11))).toBe('apply')
    expect(buffer.push(make.change(13, 13))).toBe('gap')
    expect(buffer.length).toBe(1)
    expect(lastIds(buffer, 11)).toBeNull()
    expect(lastIds(buffer, 12)).toEqual([13])
  })

  it('does not keep a change twice', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 10)
    for (const id of [11, 12, 11, 12]) buffer.push(make.change(id, id))
    expect(buffer.length).toBe(2)
  })

  it('lets the oldest go when full', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 2)
    for (const id of [11, 12, 13]) buffer.push(make.change(id, id))
    expect(buffer.length).toBe(2)
    expect(lastIds(buffer, 10)).toBeNull()
    expect(lastIds(buffer, 11)).toEqual([12, 13])
  })

  it('takes a change that names only its last id for that one', () => {
    const buffer = new UpdateBuffer(overlappingRanges, 10)
    buffer.push(make.change(null, 11))
    expect(buffer.push(make.change(null, 12))).toBe('apply')
    expect(buffer.push(make.change(null, 14))).toBe('gap')
  })

  it.each([
    ['threw', () => expect.unreachable()],
    ['gave no verdict', () => 'perhaps' as never],
  ])('keeps only the change that a rule broke at, and says that it %s', (what, rule) => {
    const buffer = new UpdateBuffer(rule, 10)
    buffer.push(make.change(11, 11))
    const fault = { code: 'ERR_BOOK_RULES', shortMessage: `The rule continuity ${what}.` }
    expect(buffer.push(make.change(12, 12))).toMatchObject(fault)
    expect([buffer.length, buffer.lastSequence]).toEqual([1, 12])
    expect(buffer.after(11)).toMatchObject(fault)
  })
})
