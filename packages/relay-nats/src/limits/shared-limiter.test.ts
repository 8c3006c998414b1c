import type { StreamError } from '@tapewire/core'
import type { ConnectionPermit } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { MemoryTable, reach, type Way } from '../../test/support/memory-tables.js'
import { SharedLimiter } from './shared-limiter.js'

const leaseMs = 5_000
const otherLimits = {
  streamsPerConnection: 10,
  streamHeadroom: 0,
  clientMessagesPerSecond: 10,
  connectionLifetimeMs: 60_000,
}

/** Two members behind one address, on tables in memory. */
class World {
  readonly clock = new ManualClock()
  readonly #members = new MemoryTable(this.clock, leaseMs)
  readonly #places = new MemoryTable(this.clock, Number.POSITIVE_INFINITY)
  #ids = 0

  member(address = 'office'): Member {
    const way: Way = { delayMs: () => 2, isCut: false, losesAnswer: () => false, timeoutMs: 1_000 }
    const errors: StreamError[] = []
    const limiter = new SharedLimiter({
      members: reach(this.#members, this.clock, way),
      places: reach(this.#places, this.clock, way),
      clock: this.clock,
      leaseMs,
      address,
      newId: () => `id-${++this.#ids}`,
      open: async () => {},
      onError: (error) => errors.push(error),
    })
    return new Member(limiter, way, errors)
  }

  /** How many are taken of an address, as the table has it, whoever has them and lives or not. */
  async placesOf(address: string): Promise<number> {
    const entry = await this.#places.get(`address-${Buffer.from(address).toString('base64url')}`)
    const holders = Object.values(JSON.parse(entry?.value ?? '{}') as Record<string, number>)
    return holders.reduce((sum, places) => sum + places, 0)
  }

  async pass(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs
    const settle = async (): Promise<void> => {
      for (let tick = 0; tick < 30; tick += 1) await Promise.resolve()
    }
    await settle()
    while (this.clock.fireNext(end - this.clock.now())) await settle()
    this.clock.advance(end - this.clock.now())
    await settle()
  }
}

class Member {
  readonly limiter: SharedLimiter
  readonly way: Way
  readonly errors: readonly StreamError[]
  /** Those that may be open. */
  readonly open: ConnectionPermit[] = []

  constructor(limiter: SharedLimiter, way: Way, errors: readonly StreamError[]) {
    this.limiter = limiter
    this.way = way
    this.errors = errors
  }

  /** Wants one more; what it returns gives up waiting. */
  want(limit: number, { isTakeOver = false, account = null as string | null } = {}): () => void {
    const limits = {
      ...otherLimits,
      ...(account === null ? { connectionsPerAddress: limit } : { connectionsPerKey: limit }),
    }
    const permit = this.limiter.of(account).permit({ exchange: 'acme_spot', limits, isTakeOver })
    const over = new AbortController()
    permit.attempt(over.signal).then(
      () => this.open.push(permit),
      () => permit.end(),
    )
    return () => over.abort(new Error('too late'))
  }

  end(): void {
    this.open.shift()?.end()
  }
}

describe('limits that members share', () => {
  it('are never exceeded by two members together, and one place is left to take-overs', async () => {
    const world = new World()
    const [one, two] = [world.member(), world.member()]
    for (let time = 0; time < 3; time += 1) for (const member of [one, two]) member.want(4)
    await world.pass(2 * leaseMs)
    expect(one.open.length + two.open.length).toBe(3)
    one.want(4, { isTakeOver: true })
    await world.pass(100)
    expect(one.open.length + two.open.length).toBe(4)
    two.want(4, { isTakeOver: true })
    await world.pass(2 * leaseMs)
    expect(one.open.length + two.open.length).toBe(4)
  })

  it('are of each address and of each account by itself', async () => {
    const world = new World()
    const [one, two] = [world.member('here'), world.member('there')]
    for (const member of [one, two]) for (let time = 0; time < 2; time += 1) member.want(2)
    for (const member of [one, two]) for (let time = 0; time < 2; time += 1) member.want(2, { account: 'main' })
    await world.pass(leaseMs)
    expect(one.open.length + two.open.length).toBe(1 + 1 + 1)
  })

  it('leave the place of a take-over to take-overs once more when it is over, whoever of the member waits', async () => {
    const world = new World()
    const [one, two] = [world.member(), world.member()]
    for (let time = 0; time < 4; time += 1) one.want(4)
    await world.pass(leaseMs)
    expect([one.open.length, one.limiter.metrics().waiting]).toMatchObject([3, 1])
    one.want(4, { isTakeOver: true })
    await world.pass(100)
    expect(one.open.length).toBe(4)
    // It is the old one that ends, and its place counts as the one that was lent.
    one.end()
    await world.pass(leaseMs)
    expect([one.open.length, one.limiter.metrics()]).toMatchObject([3, { held: 3, waiting: 1 }])
    two.want(4, { isTakeOver: true })
    await world.pass(100)
    expect(two.open.length).toBe(1)
    two.end()
    one.end()
    await world.pass(leaseMs)
    expect([one.open.length, one.limiter.metrics()]).toMatchObject([3, { held: 3, waiting: 0 }])
  })

  it('have nothing left of a member that ends while it asks for a place, however far that is', async () => {
    for (let askedForMs = 0; askedForMs < 80; askedForMs += 1) {
      const world = new World()
      const [one, two] = [world.member(), world.member()]
      two.want(3)
      await world.pass(100)
      one.way.delayMs = () => 10
      one.want(3)
      await world.pass(askedForMs)
      // What is said last overtakes what is on its way.
      one.way.delayMs = () => 1
      const closed = one.limiter.close()
      await world.pass(100)
      await closed
      expect(await world.placesOf('office')).toBe(1)
    }
  })

  it('give a place that comes free to whoever waits at another member', async () => {
    const world = new World()
    const [one, two] = [world.member(), world.member()]
    one.want(2)
    await world.pass(100)
    two.want(2)
    await world.pass(leaseMs)
    expect([one.open.length, two.open.length, two.limiter.metrics().waiting]).toMatchObject([1, 0, 1])
    one.end()
    await world.pass(leaseMs)
    expect([one.open.length, two.open.length, one.limiter.metrics().held]).toMatchObject([0, 1, 0])
  })

  it('are free again once the lease of a member that died is over', async () => {
    const world = new World()
    const [one, two] = [world.member(), world.member()]
    one.want(2)
    await world.pass(100)
    two.want(2)
    one.way.isCut = true
    await world.pass(leaseMs / 2)
    expect(two.open).toEqual([])
    await world.pass(leaseMs)
    expect(two.open.length).toBe(1)
  })

  it('let a lost connection come back, and under a great limit one more open, without a question', async () => {
    const world = new World()
    const one = world.member()
    one.want(300)
    await world.pass(100)
    expect(one.limiter.metrics()).toMatchObject({ held: 2, waiting: 0 })
    one.way.isCut = true
    await one.open[0]?.attempt(new AbortController().signal)
    one.want(300)
    await world.pass(0)
    expect(one.open.length).toBe(2)
  })

  it('are kept while the tables are away: what is open may come back, nothing else opens, and it is said once', async () => {
    const world = new World()
    const one = world.member()
    one.want(5)
    await world.pass(100)
    one.way.isCut = true
    const giveUp = one.want(5)
    await world.pass(3 * leaseMs)
    await one.open[0]?.attempt(new AbortController().signal)
    expect([one.open.length, one.errors.map(({ code }) => code)]).toEqual([1, ['ERR_NO_PERMIT']])
    giveUp()
    one.way.isCut = false
    one.want(5)
    await world.pass(2 * leaseMs)
    expect([one.open.length, one.limiter.metrics(), one.errors.length]).toMatchObject([2, { held: 2, waiting: 0 }, 1])
  })

  it('count nobody any more who has left in order', async () => {
    const world = new World()
    const [one, two] = [world.member(), world.member()]
    one.want(2)
    await world.pass(100)
    one.end()
    const closed = one.limiter.close()
    await world.pass(100)
    await closed
    two.want(2)
    await world.pass(100)
    expect(two.open.length).toBe(1)
  })
})
