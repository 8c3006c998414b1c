import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../random.js'
import { ByteLane, maxWaitingBytes } from './byte-lane.js'
import { healthy, type LaneRules } from './lane-rules.js'

let clock: ManualClock
let written: Buffer[]
let told: string[]
let turns: (() => void)[]
let takes: boolean
let lane: ByteLane

function open(seed = 1, onCut = (): void => {}): void {
  clock = new ManualClock()
  written = []
  told = []
  turns = []
  takes = true
  lane = new ByteLane(
    {
      write: (bytes) => {
        written.push(Buffer.from(bytes))
        return takes
      },
      finish: (how) => void told.push(how),
    },
    {
      setReading: (isReading) => void told.push(isReading ? 'read' : 'wait'),
      onCut: (how) => {
        told.push(`cut ${how}`)
        onCut()
      },
      onChange: () => {},
    },
    { clock, random: createRandom(seed), nextTurn: (callback) => void turns.push(callback) },
  )
}

const text = (): string => Buffer.concat(written).toString()
const lengths = (): number[] => written.map(({ length }) => length)

beforeEach(() => open())

describe('ByteLane', () => {
  it('passes bytes on as they come, and the end behind them', () => {
    lane.receive(Buffer.from('ab'))
    lane.receive(Buffer.from('c'))
    lane.finish('end')
    expect([written.map(String), told]).toEqual([['ab', 'c'], ['end']])
    expect(lane).toMatchObject({ receivedBytes: 3, passedBytes: 3, lostBytes: 0, waitingBytes: 0 })
  })

  it('loses what comes once it is lost, the end too, and does not come back', () => {
    lane.receive(Buffer.from('a'))
    lane.apply({ isLost: true })
    lane.receive(Buffer.from('bc'))
    lane.finish('reset')
    lane.apply(healthy)
    lane.receive(Buffer.from('d'))
    expect([text(), told]).toEqual(['a', []])
    expect(lane).toMatchObject({ passedBytes: 1, lostBytes: 3 })
  })

  it('keeps everything while it is stalled, and delivers it in order with the end', () => {
    lane.apply({ isStalled: true })
    lane.receive(Buffer.from('a'))
    lane.receive(Buffer.from('b'))
    lane.finish('end')
    expect([text(), lane.waitingBytes]).toEqual(['', 2])
    lane.apply(healthy)
    expect([text(), told]).toEqual(['ab', ['end']])
  })

  it('has the sender wait once it keeps much, until it does not', () => {
    lane.apply({ isStalled: true })
    lane.receive(Buffer.alloc(maxWaitingBytes))
    expect(told).toEqual([])
    lane.receive(Buffer.alloc(1))
    expect(told).toEqual(['wait'])
    lane.apply(healthy)
    expect(told).toEqual(['wait', 'read'])
  })

  it('writes no more than the receiver takes', () => {
    takes = false
    lane.receive(Buffer.from('a'))
    lane.receive(Buffer.from('b'))
    expect(text()).toBe('a')
    lane.drained()
    expect(text()).toBe('ab')
  })

  it('delivers after the latency, and at the rate of the line', () => {
    lane.apply({ latencyMs: 40 })
    lane.receive(Buffer.from('a'))
    clock.advance(39)
    expect(text()).toBe('')
    clock.advance(1)
    expect(text()).toBe('a')
    lane.apply({ latencyMs: 0, bytesPerSecond: 1_000 })
    lane.receive(Buffer.alloc(100))
    expect(lengths()).toEqual([1, 10])
    clock.advance(89)
    expect(lane.waitingBytes).toBe(10)
    clock.advance(1)
    expect(lane.waitingBytes).toBe(0)
  })

  it('has what is on its way arrive at once when it is healed', () => {
    lane.apply({ latencyMs: 60_000, bytesPerSecond: 1 })
    lane.receive(Buffer.from('late'))
    lane.apply(healthy)
    expect([text(), clock.pendingTimers]).toEqual(['late', 0])
  })

  it('delivers each piece in a turn of its own', () => {
    lane.apply({ pieces: { bytes: 2, isRandom: false } })
    lane.receive(Buffer.from('abcde'))
    expect(lengths()).toEqual([2])
    while (turns.length > 0) turns.shift()?.()
    expect([lengths(), text()]).toEqual([[2, 2, 1], 'abcde'])
  })

  it('delivers pieces of random length, those of the seed', () => {
    const all = [1, 1, 2].map((seed) => {
      open(seed)
      lane.apply({ pieces: { bytes: 5, isRandom: true } })
      lane.receive(Buffer.alloc(60))
      while (turns.length > 0) turns.shift()?.()
      return lengths()
    })
    expect(Math.max(...all.flat())).toBe(5)
    expect(all[1]).toEqual(all[0])
    expect(all[2]).not.toEqual(all[0])
  })

  it.each([0, 1, 3, 5])('is cut after exactly %i bytes, once', (afterBytes) => {
    let passed = -1
    open(1, () => {
      passed = text().length
      lane.stop()
    })
    lane.apply({ cut: { afterBytes, how: 'reset' } })
    for (const bytes of ['ab', 'c', 'defg']) lane.receive(Buffer.from(bytes))
    expect([passed, text(), told]).toEqual([afterBytes, 'abcdefg'.slice(0, afterBytes), ['cut reset']])
  })

  it('inverts the one byte that it was told to', () => {
    lane.apply({ corruptAfterBytes: 3 })
    for (const bytes of ['ab', 'cd', 'ef']) lane.receive(Buffer.from(bytes))
    expect(Buffer.concat(written)).toEqual(Buffer.from([0x61, 0x62, 0x63, ~0x64 & 0xff, 0x65, 0x66]))
  })

  it('loses, doubles and reorders nothing, whatever is done to it that does not lose', () => {
    const rules: fc.Arbitrary<Partial<LaneRules>> = fc.record({
      isStalled: fc.boolean(),
      latencyMs: fc.nat(50),
      jitterMs: fc.nat(50),
      bytesPerSecond: fc.constantFrom(10, 1_000, Number.POSITIVE_INFINITY),
      pieces: fc.option(fc.record({ bytes: fc.integer({ min: 1, max: 9 }), isRandom: fc.boolean() }), { nil: null }),
    })
    const step = fc.oneof(
      rules.map((change) => () => lane.apply(change)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(100).map((ms) => () => clock.advance(ms)),
      fc.constant(() => turns.shift()?.()),
    )
    fc.assert(
      fc.property(fc.nat(), fc.array(step, { maxLength: 30 }), (seed, steps) => {
        open(seed)
        const sent: Uint8Array[] = []
        for (const one of steps) {
          if (typeof one === 'function') one()
          else {
            sent.push(one)
            lane.receive(Buffer.from(one))
          }
        }
        lane.finish('end')
        lane.apply(healthy)
        while (turns.length > 0) turns.shift()?.()
        expect(Buffer.concat(written)).toEqual(Buffer.concat(sent))
        expect([told.filter((what) => what === 'end').length, lane.waitingBytes, clock.pendingTimers]).toEqual([
          1, 0, 0,
        ])
      }),
    )
  })
})
