import { describe, expect, it } from 'vitest'
import { GroupWorld, leaseMs } from '../../test/support/group-world.js'

async function worldOf(machines: number, shares = 8): Promise<GroupWorld> {
  const world = new GroupWorld(shares)
  for (let index = 1; index <= machines; index += 1) world.add(`m${index}`)
  await world.pass(4 * leaseMs)
  return world
}

describe('a group', () => {
  it('gives its only member everything', async () => {
    const world = await worldOf(1)
    expect(world.spread()).toEqual({ m1: 8 })
    expect(world.told.filter(({ what }) => what !== 'own')).toEqual([])
  })

  it('spreads the shares evenly over those that came at the same time', async () => {
    const world = await worldOf(3)
    expect(Object.values((await world).spread()).sort()).toEqual([2, 3, 3])
  })

  it('takes two of one name for two members', async () => {
    const world = new GroupWorld(8)
    const both = [world.add('m1'), world.add('m1')]
    await world.pass(4 * leaseMs)
    const [one = [], other = []] = both.map(({ member }) => member.owned())
    expect([one.length, other.length]).toEqual([4, 4])
    expect(new Set([...one, ...other]).size).toBe(8)
    expect([...(both[0]?.member.members().values() ?? [])].map(({ name }) => name)).toEqual(['m1', 'm1'])
  })

  it('moves only what must move when one joins, and each share is live at its new owner before the old one lets go', async () => {
    const world = await worldOf(1)
    world.told.length = 0
    world.add('m2')
    const owned: number[] = []
    await world.pass(2 * leaseMs, () => {
      owned.push(world.plan.streams.filter((share) => world.publishers(share).length > 1).length)
    })
    expect(Math.max(...owned)).toBe(0)
    expect(world.spread()).toEqual({ m1: 4, m2: 4 })
    const moved = world.told.filter(({ what }) => what === 'moved').map(({ share }) => share)
    expect(moved).toHaveLength(4)
    for (const share of moved) {
      const story = world.told.filter((told) => told.share === share)
      expect(story.map(({ machine, what }) => `${machine} ${what}`)).toEqual(['m2 prepare', 'm1 moved', 'm2 own'])
      expect(story.at(-1)?.ownership).toMatchObject({ isWarm: true, after: 'hand-over' })
      const [, letGo, own] = story
      expect((own?.at ?? 0) - (letGo?.at ?? 0)).toBeLessThan(20)
    }
  })

  it('takes over from a member that died within its lease and a second', async () => {
    const world = await worldOf(3)
    const [dead] = world.machines
    const lost = world.plan.streams.filter((share) => world.publishers(share)[0] === dead?.name)
    world.told.length = 0
    dead?.die()
    await world.pass(leaseMs + 1_000)
    expect(world.told.map(({ share }) => share).sort()).toEqual(lost.sort())
    expect(world.told.every(({ what, ownership }) => what === 'own' && ownership?.after === 'death')).toBe(true)
    expect(Object.values(world.spread())).toEqual([4, 4])
  })

  it('is left in order: everything is live elsewhere before it is let go of, and nothing else moves', async () => {
    const world = await worldOf(3)
    const [leaver] = world.machines
    const had = leaver?.member.owned().length ?? 0
    world.told.length = 0
    let isGone = false
    void leaver?.member.leave(10_000).then(() => {
      isGone = true
    })
    await world.pass(2_000)
    expect(isGone).toBe(true)
    expect(world.told.map(({ what }) => what).sort()).toEqual([
      ...Array(had).fill('moved'),
      ...Array(had).fill('own'),
      ...Array(had).fill('prepare'),
    ])
    expect(world.told.filter(({ what }) => what === 'own').every(({ ownership }) => ownership?.isWarm)).toBe(true)
    expect(world.members.all()).toHaveLength(2)
  })

  it('is left by its last member, whose shares the next one takes at once', async () => {
    const world = await worldOf(1)
    void world.machines[0]?.member.leave(10_000)
    await world.pass(500)
    expect(world.told.filter(({ what }) => what === 'left')).toHaveLength(8)
    world.machines[0]?.die()
    world.add('m2')
    await world.pass(1_500)
    expect(world.spread()).toEqual({ m2: 8 })
  })
})

describe('a member that was stopped', () => {
  it('finds that it is not the owner any more before anything goes out, and takes part anew', async () => {
    const world = await worldOf(2)
    const [stopped, other] = world.machines
    const share = stopped?.member.owned()[0] ?? ''
    stopped?.stop()
    await world.pass(leaseMs + 1_000)
    expect(other?.member.owned()).toContain(share)
    let mayPublish: boolean | undefined
    stopped?.goOn(() => {
      mayPublish = stopped.member.mayPublish(share)
    })
    expect(mayPublish).toBe(false)
    expect(stopped?.publishing.size).toBe(0)
    await world.pass(3 * leaseMs)
    expect(world.spread()).toEqual({ m1: 4, m2: 4 })
  })

  it('is told of what it does not get again, where it had something of it', async () => {
    const world = new GroupWorld(1, ['main'])
    const stopped = world.add('m1', { accounts: ['main'] })
    await world.pass(2 * leaseMs)
    world.add('m2', { accounts: ['main'] })
    await world.pass(2 * leaseMs)
    stopped.stop()
    await world.pass(leaseMs + 1_000)
    world.told.length = 0
    stopped.goOn()
    await world.pass(leaseMs)
    const share = world.plan.accounts.get('main')
    const told = world.told.filter((one) => one.machine === 'm1' && one.share === share)
    expect(told.map(({ what }) => what)).toEqual(['lapsed', 'not-needed'])
  })

  it('goes on as if nothing had been where the stop was short', async () => {
    const world = await worldOf(2)
    world.told.length = 0
    world.machines[0]?.stop()
    await world.pass(2_000)
    world.machines[0]?.goOn()
    await world.pass(2 * leaseMs)
    expect(world.told).toEqual([])
  })

  it('stops where its wall clock says that the machine slept, although its own time stood still', async () => {
    const world = await worldOf(1)
    const [machine] = world.machines
    world.clock.skew(60_000)
    expect(machine?.member.mayPublish('streams-0')).toBe(false)
    expect(machine?.publishing.size).toBe(0)
  })
})

describe('a member without its tables', () => {
  it('stops before others take over, says so once, and comes back', async () => {
    const world = await worldOf(2)
    const [cut, other] = world.machines
    cut?.cut()
    await world.pass(leaseMs + 1_000, () => {
      for (const share of world.plan.streams) expect(world.publishers(share).length).toBeLessThan(2)
    })
    expect(other?.member.owned()).toHaveLength(8)
    expect(cut?.publishing.size).toBe(0)
    expect(cut?.errors).toHaveLength(1)
    cut?.mend()
    await world.pass(3 * leaseMs)
    expect(world.spread()).toEqual({ m1: 4, m2: 4 })
  })
})

describe('an account', () => {
  it('has one owner among those that have its credentials, and stays there when others come', async () => {
    const world = new GroupWorld(4, ['main'])
    world.add('m1')
    await world.pass(leaseMs)
    world.add('m2', { accounts: ['main'] })
    await world.pass(2 * leaseMs)
    const share = world.plan.accounts.get('main') ?? ''
    expect(world.publishers(share)).toEqual(['m2'])
    world.told.length = 0
    world.add('m3', { accounts: ['main'] })
    await world.pass(2 * leaseMs)
    expect(world.told.filter((told) => told.share === share)).toEqual([])
  })

  it('is kept warm by a standby, which takes over at once and never shares it with a third', async () => {
    const world = new GroupWorld(4, ['main'])
    const share = world.plan.accounts.get('main') ?? ''
    world.add('m1', { accounts: ['main'] })
    await world.pass(2 * leaseMs)
    world.add('m2', { accounts: ['main'], standby: true })
    world.add('m3', { accounts: ['main'], standby: true })
    const check = (): void => {
      expect(world.machines.filter(({ live, isDead }) => !isDead && live.has(share)).length).toBeLessThan(3)
    }
    await world.pass(2 * leaseMs, check)
    const warm = world.machines.filter(({ live }) => live.has(share)).map(({ name }) => name)
    expect(warm).toHaveLength(2)
    world.machines[0]?.die()
    world.told.length = 0
    await world.pass(leaseMs + 1_000, check)
    const [own] = world.told.filter((told) => told.share === share)
    expect(own).toMatchObject({ what: 'own', machine: warm[1], ownership: { isWarm: true, after: 'death' } })
    await world.pass(2 * leaseMs, check)
    expect(world.machines.filter(({ live }) => live.has(share))).toHaveLength(2)
  })
})
