import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.js'
import type { OutgoingData } from '../venue/venue.js'
import { FrameFaults } from './frame-faults.js'

const letters = 'abcdefgh'.split('')

/** What a client gets of these frames. */
function sent(faults: FrameFaults, frames: readonly OutgoingData[] = letters): string {
  const pass = faults.forClient()
  return frames.flatMap(pass).join('')
}

function open(seed = 1): FrameFaults {
  return new FrameFaults(createRandom(seed))
}

describe('frame faults', () => {
  it('leave frames alone where there are none', () => {
    expect(sent(open())).toBe('abcdefgh')
  })

  it.each([
    ['lose', 'cdefgh'],
    ['duplicate', 'aabbcdefgh'],
    ['reorder', 'badcefgh'],
  ] as const)('%s the next two frames, and no more', (fault, result) => {
    const faults = open()
    faults.set(fault, 2)
    expect(sent(faults)).toBe(result)
  })

  it('choose among those that match', () => {
    const faults = open()
    faults.set('lose', 2, (data) => 'bdf'.includes(String(data)))
    expect(sent(faults)).toBe('acefgh')
  })

  it('choose a share by the seed, until it is ended', () => {
    const results = [1, 1, 2].map((seed) => {
      const faults = open(seed)
      faults.set('lose', { share: 0.5 })
      const lost = sent(faults, Array(200).fill('x')).length
      faults.set('lose', 0)
      expect(sent(faults)).toBe('abcdefgh')
      return lost
    })
    expect(results[1]).toBe(results[0])
    expect(results[0]).toBeGreaterThan(60)
    expect(results[0]).toBeLessThan(140)
  })

  it('corrupt one character of a text, and one byte of what is none, in a copy', () => {
    const faults = open()
    faults.set('corrupt', 2)
    const bytes = Buffer.from('bytes')
    const pass = faults.forClient()
    const [text] = pass('{"a":1}')
    const [copy] = pass(bytes)
    expect([String(text).length, String(text).includes('\u0000')]).toEqual([7, true])
    expect(bytes.toString()).toBe('bytes')
    const differing = [...bytes].filter((byte, index) => (copy as Uint8Array)[index] !== byte)
    expect(differing).toHaveLength(1)
  })

  it('reorder the frames of each client among themselves', () => {
    const faults = open()
    faults.set('reorder', 1)
    const [one, other] = [faults.forClient(), faults.forClient()]
    expect([one('a'), other('x'), other('y'), one('b')]).toEqual([[], ['x'], ['y'], ['b', 'a']])
  })

  it('are all over when they are cleared', () => {
    const faults = open()
    faults.set('lose', { share: 1 })
    faults.rewriter = () => ['never']
    faults.clear()
    expect(sent(faults)).toBe('abcdefgh')
  })

  it('take no number and no share that is none', () => {
    const faults = open()
    expect(() => faults.set('lose', -1)).toThrow(RangeError)
    expect(() => faults.set('lose', { share: 2 })).toThrow(RangeError)
    expect(() => faults.set('lose', Number.NaN)).toThrow(RangeError)
  })
})
