import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryTable, reach } from '../../test/support/memory-tables.js'
import { Tally } from './tally.js'

const limit = 4
const reserve = 1

/** Holders that take and give back over ways that are slow and lose answers, and what each may have open. */
class World {
  readonly clock = new ManualClock()
  readonly table = new MemoryTable(this.clock, Number.POSITIVE_INFINITY)
  readonly dead = new Set<string>()
  readonly open = new Map<string, number>()
  readonly #tallies = new Map<string, Tally>()
  readonly #chance: () => number
  readonly #busy = new Set<string>()

  constructor(chance: () => number) {
    this.#chance = chance
  }

  get total(): number {
    return [...this.open].reduce((sum, [name, places]) => sum + (this.dead.has(name) ? 0 : places), 0)
  }

  get isQuiet(): boolean {
    return this.#busy.size === 0
  }

  /** One change of a holder at a time; what it gives back it has closed before, what it takes it opens afterwards. */
  change(name: string, by: number, kept: number): void {
    if (this.dead.has(name) || this.#busy.has(name)) return
    this.#busy.add(name)
    void this.#change(name, by, kept)
      .catch(() => {})
      .finally(() => this.#busy.delete(name))
  }

  die(name: string): void {
    this.dead.add(name)
    this.#busy.delete(name)
  }

  async #change(name: string, by: number, kept: number): Promise<void> {
    const tally = this.#tally(name)
    const open = this.open.get(name) ?? 0
    if (by > 0) {
      const taken = await tally.take(name, by, kept)
      if (!this.dead.has(name)) this.open.set(name, open + taken)
    } else {
      this.open.set(name, Math.max(0, open + by))
      await tally.set(name, Math.max(0, open + by))
    }
  }

  #tally(name: string): Tally {
    const known = this.#tallies.get(name)
    if (known !== undefined) return known
    const way = {
      delayMs: () => 1 + (this.#chance() % 40),
      isCut: false,
      losesAnswer: () => this.#chance() < 8,
      timeoutMs: 1_000,
    }
    const tally = new Tally({
      table: reach(this.table, this.clock, way),
      key: 'acme_spot.address.here',
      limit,
      isDead: async (holder) => this.dead.has(holder),
    })
    this.#tallies.set(name, tally)
    return tally
  }

  async pass(durationMs: number, check: () => void): Promise<void> {
    const end = this.clock.now() + durationMs
    const settle = async (): Promise<void> => {
      for (let tick = 0; tick < 12; tick += 1) await Promise.resolve()
      check()
    }
    await settle()
    while (this.clock.fireNext(end - this.clock.now())) await settle()
    this.clock.advance(end - this.clock.now())
    await settle()
  }
}

const step = fc.record({
  holder: fc.constantFrom('one', 'two', 'three'),
  by: fc.constantFrom(-2, -1, 1, 2, 3, 0),
  isTakeOver: fc.boolean(),
  afterMs: fc.nat(300),
})

describe('places under a limit', () => {
  it('are never more than the limit, whoever takes and gives back when, answers get lost and holders die', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.infiniteStream(fc.nat(99)), async (steps, chances) => {
        const world = new World(() => Number(chances.next().value))
        let life = 0
        const check = (): void => {
          if (world.total > limit) throw new Error(`${world.total} are open.`)
        }
        const lives = new Map<string, string>()
        for (const { holder, by, isTakeOver, afterMs } of steps) {
          const name = lives.get(holder) ?? `${holder}-0`
          if (by === 0) {
            world.die(name)
            life += 1
            lives.set(holder, `${holder}-${life}`)
          } else {
            world.change(name, by, isTakeOver ? 0 : reserve)
          }
          await world.pass(afterMs, check)
        }
        await world.pass(60_000, check)
        expect(world.isQuiet).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('come free where their holder is gone, and one stays free for a take-over', async () => {
    const world = new World(() => 50)
    world.change('one-0', 4, reserve)
    await world.pass(1_000, () => {})
    expect(world.open.get('one-0')).toBe(limit - reserve)
    world.change('two-0', 1, reserve)
    await world.pass(1_000, () => {})
    expect(world.open.get('two-0')).toBe(0)
    world.change('one-0', 1, 0)
    await world.pass(1_000, () => {})
    expect(world.open.get('one-0')).toBe(limit)
    world.die('one-0')
    world.change('two-0', 4, reserve)
    await world.pass(1_000, () => {})
    expect(world.open.get('two-0')).toBe(limit - reserve)
  })
})
