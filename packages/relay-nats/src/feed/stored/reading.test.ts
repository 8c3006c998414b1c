import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test } from 'vitest'
import { Reading } from './reading.js'

function readingOf(isHeld = false) {
  const told: string[] = []
  const clock = new ManualClock()
  const reading = new Reading({ range: { from: 'first', to: 'last' }, isHeld, clock, onEnd: () => told.push('end') })
  return { reading, clock, told }
}

/** Until what was put off to the next turn has happened. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

describe('reading what is stored', () => {
  test('begins at once, or where it is held when it is told to', () => {
    expect(readingOf().reading.isBegun).toBe(true)
    const { reading, told } = readingOf(true)
    reading.onBegin(() => told.push('begin'))
    expect([reading.isBegun, told]).toEqual([false, []])
    reading.begin()
    reading.begin()
    expect([reading.isBegun, told]).toEqual([true, ['begin']])
  })

  test('ends at once where nothing was lost, and once', () => {
    const { reading, told } = readingOf()
    reading.end()
    reading.end()
    expect(told).toEqual(['end'])
  })

  test('ends once core has asked of every stream with a gap what became of it', async () => {
    const { reading, told } = readingOf()
    reading.noteLoss('a')
    reading.noteLoss('b')
    reading.noteOutcome('a')
    reading.end()
    await nextTurn()
    expect(told).toEqual([])
    reading.noteOutcome('b')
    await nextTurn()
    expect(told).toEqual(['end'])
  })

  test('does not wait for that for longer than two seconds', async () => {
    const { reading, clock, told } = readingOf()
    reading.noteLoss('a')
    reading.end()
    clock.advance(1_999)
    await nextTurn()
    expect(told).toEqual([])
    clock.advance(1)
    await nextTurn()
    expect(told).toEqual(['end'])
  })
})
