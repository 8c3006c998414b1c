import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, test } from 'vitest'
import { RelayWatch } from './relay-watch.js'

function build(): { clock: ManualClock; watch: RelayWatch; dead: number[]; onAsked: { read: () => void } } {
  const clock = new ManualClock()
  const dead: number[] = []
  const onAsked = { read: (): void => {} }
  const watch = new RelayWatch({
    clock,
    beatIntervalMs: 1_000,
    caughtUp: async () => onAsked.read(),
    onDead: (relay) => dead.push(relay),
    onAppeared: () => {},
  })
  return { clock, watch, dead, onAsked }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1_000)
    await settle()
  }
}

describe('a relay', () => {
  test('is dead once it has missed three beats, which is told once, and lives again with whatever it sends', async () => {
    const { clock, watch, dead } = build()
    watch.saw(1)
    await pass(clock, 3)
    expect(dead).toEqual([])
    await pass(clock, 5)
    expect(dead).toEqual([1])
    watch.saw(1)
    await pass(clock, 5)
    expect(dead).toEqual([1, 1])
    watch.end()
  })

  test('is not dead where it was this process that did not read', async () => {
    const { clock, watch, dead, onAsked } = build()
    watch.saw(1)
    onAsked.read = () => watch.saw(1)
    await pass(clock, 20)
    expect(dead).toEqual([])
    watch.end()
  })

  test('that was never heard of is not missed, and nothing is left when the watch ends', async () => {
    const { clock, watch, dead } = build()
    await pass(clock, 10)
    watch.end()
    expect([dead, clock.pendingTimers]).toEqual([[], 0])
  })
})
