import { describe, expect, it } from 'vitest'
import { SequenceCheck } from './sequence-check.js'

function sequence(happened: string, received: string): number {
  const check = new SequenceCheck()
  for (const item of happened) check.happened(item)
  for (const item of received) check.received(item)
  return check.mismatches
}

describe('SequenceCheck', () => {
  it.each([
    ['abcd', 'abcd', 0],
    ['abcd', 'cd', 0],
    ['abcd', '', 0],
    ['abcd', 'abd', 1],
    ['abcd', 'abxcd', 1],
    ['abcd', 'ab', 2],
    ['abcd', 'abxd', 2],
  ])('finds in %s, told as %s, %i mismatches', (happened, received, mismatches) => {
    expect(sequence(happened, received)).toBe(mismatches)
  })
})
