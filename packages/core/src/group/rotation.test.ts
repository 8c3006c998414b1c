import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { type Rotatable, Rotation } from './rotation.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What a connection does when it is asked to give its place to a new one. */
type Behaviour = () => Promise<boolean>

class FakeLane implements Rotatable {
  connectedSince: number | null
  /** When it was asked, ms since the start. */
  readonly askedAt: number[] = []
  behave: Behaviour = async () => true
  readonly #clock: ManualClock
  readonly #startedAt: number

  constructor(clock: ManualClock) {
    this.#clock = clock
    this.#startedAt = clock.now()
    this.connectedSince = this.#startedAt
  }

  async takeOver(): Promise<boolean> {
    this.askedAt.push(this.#clock.now() - this.#startedAt)
    const isReplaced = await this.behave()
    if (isReplaced) this.connectedSince = this.#clock.now()
    return isReplaced
  }
}

function rotationOf(lanes: number, { random = (): number => 0.5, lifetimeMs = dayMs } = {}) {
  const clock = new ManualClock()
  const rotation = new Rotation({ clock, random, lifetimeMs })
  const all = Array.from({ length: lanes }, () => new FakeLane(clock))
  for (const lane of all) rotation.watch(lane)
  return { clock, rotation, lanes: all, lane: all[0] as FakeLane }
}

/** Lets time pass in steps, and what is under way come to its end between them. */
async function pass(clock: ManualClock, durationMs: number, stepMs = 12_000): Promise<void> {
  for (let left = durationMs; left > 0; left -= stepMs) {
    clock.advance(Math.min(stepMs, left))
    for (let turn = 0; turn < 4; turn += 1) await Promise.resolve()
  }
}

describe('a connection that the exchange ends after a day', () => {
  test('is asked again after a while, and not at once, where it was replaced a moment ago and is old all the same', async () => {
    const { clock, rotation } = rotationOf(0)
    let asked = 0
    const takeOver = async (): Promise<boolean> => {
      asked += 1
      return true
    }
    rotation.watch({ connectedSince: clock.now() - dayMs, takeOver })
    await pass(clock, 30_000, 1_000)
    expect(asked).toBe(1)
    await pass(clock, 30_000, 1_000)
    expect(asked).toBe(2)
  })

  test('is replaced before that, with hours to spare, and again before the next day is over', async () => {
    const { clock, lane } = rotationOf(1)
    await pass(clock, 2 * dayMs)
    expect(lane.askedAt.map((at) => at / hourMs)).toEqual([20.64, 41.28])
  })

  test('is replaced somewhere from 80 to 92 % of it, by chance', async () => {
    for (const [random, share] of [
      [0, 0.8],
      [0.999, 0.92],
    ] as const) {
      const { clock, lane } = rotationOf(1, { random: () => random })
      await pass(clock, dayMs)
      expect((lane.askedAt[0] as number) / dayMs).toBeCloseTo(share, 3)
    }
  })

  test('that was lost and is back has its whole lifetime before it', async () => {
    const { clock, lane } = rotationOf(1)
    const startedAt = clock.now()
    await pass(clock, 20 * hourMs)
    lane.connectedSince = startedAt + 19 * hourMs
    await pass(clock, 20 * hourMs)
    expect(lane.askedAt.map((at) => Math.round(at / hourMs))).toEqual([40])
  })

  test('is not asked while it is away', async () => {
    const { clock, lane } = rotationOf(1)
    lane.connectedSince = null
    await pass(clock, 3 * dayMs)
    expect(lane.askedAt).toEqual([])
  })

  test('that cannot be replaced is tried again, ever later, for as long as the exchange lets it', async () => {
    const { clock, lane } = rotationOf(1)
    lane.behave = async () => false
    await pass(clock, dayMs, 3_000)
    const minutes = lane.askedAt.slice(1).map((at, index) => (at - (lane.askedAt[index] as number)) / 60_000)
    expect(minutes.slice(0, 6)).toEqual([0.75, 1.5, 3, 6, 11.25, 11.25])
    expect(minutes.length).toBeGreaterThan(15)
  })

  test('is tried at its time again once a further try succeeded', async () => {
    const { clock, lane } = rotationOf(1)
    lane.behave = async () => lane.askedAt.length > 2
    await pass(clock, 2 * dayMs)
    expect(lane.askedAt).toHaveLength(4)
  })

  test('that is closed is left alone, and no timer is left', async () => {
    const { clock, rotation, lane } = rotationOf(1)
    rotation.forget(lane)
    expect(clock.pendingTimers).toBe(0)
    await pass(clock, 2 * dayMs)
    expect(lane.askedAt).toEqual([])
  })

  test('that is closed while it is replaced, or waits for its turn, leaves no timer', async () => {
    const { clock, rotation, lanes } = rotationOf(2)
    let end = (): void => {}
    const [first, second] = lanes as [FakeLane, FakeLane]
    first.behave = () =>
      new Promise((resolve) => {
        end = () => resolve(true)
      })
    await pass(clock, 21 * hourMs)
    for (const lane of lanes) rotation.forget(lane)
    end()
    await pass(clock, dayMs)
    expect([first.askedAt.length, second.askedAt.length, clock.pendingTimers]).toEqual([1, 0, 0])
  })
})

test('connections without a lifetime are never replaced, and cost no timer', () => {
  expect(rotationOf(3, { lifetimeMs: Number.POSITIVE_INFINITY }).clock.pendingTimers).toBe(0)
})

test('a lifetime longer than a timer can be is waited for all the same', async () => {
  const { clock, lane } = rotationOf(1, { lifetimeMs: 100 * dayMs })
  await pass(clock, 85 * dayMs, hourMs)
  expect(lane.askedAt).toEqual([])
  await pass(clock, 2 * dayMs, hourMs)
  expect(lane.askedAt).toHaveLength(1)
})

test('of many connections one is replaced at a time, none is late, and none is forgotten, however long each takes', async () => {
  const draws = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }))
  const takes = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 20, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(draws, takes, async (random, durations) => {
      const next = (): number => random.next().value as number
      const { clock, lanes } = rotationOf(20, { random: next })
      let busy = 0
      let most = 0
      for (const [index, lane] of lanes.entries()) {
        lane.behave = async () => {
          busy += 1
          most = Math.max(most, busy)
          await new Promise<void>((resolve) => void clock.setTimer(durations[index] as number, resolve))
          busy -= 1
          return true
        }
      }
      await pass(clock, dayMs)
      expect([most, lanes.map(({ askedAt }) => askedAt.length)]).toEqual([1, lanes.map(() => 1)])
      expect(Math.max(...lanes.flatMap(({ askedAt }) => askedAt))).toBeLessThan(0.95 * dayMs)
    }),
    { numRuns: 20 },
  )
})
