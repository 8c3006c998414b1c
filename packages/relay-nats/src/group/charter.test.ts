import { describe, expect, it } from 'vitest'
import { GroupWorld, leaseMs } from '../../test/support/group-world.js'

const old = { terms: { shares: 4, symbols: ['BTC/USDT', 'ETH/USDT'] } }
const other = { terms: { shares: 4, symbols: ['SOL/USDT', 'BTC/USDT'] } }

describe('the members of a group', () => {
  it('have the same terms: one that differs is refused at its start, which says in what, and nothing moves', async () => {
    const world = new GroupWorld(4)
    world.add('m1', old)
    await world.pass(2 * leaseMs)
    world.told.length = 0
    const refused = world.add('m2', other)
    await world.pass(2 * leaseMs)
    expect(refused.refusal).toMatchObject({
      code: 'ERR_GROUP_MISMATCH',
      shortMessage: 'This member differs from its group in symbols.',
      context: { symbols: 'group 2, of them ETH/USDT by itself; this member 2, of them SOL/USDT by itself' },
    })
    expect({ told: world.told, members: world.members.all().length }).toEqual({ told: [], members: 1 })
  })

  it('have the same terms in whichever order', async () => {
    const world = new GroupWorld(4)
    world.add('m1', old)
    await world.pass(leaseMs)
    world.add('m2', { terms: { symbols: ['ETH/USDT', 'BTC/USDT'], shares: 4 } })
    await world.pass(2 * leaseMs)
    expect(world.spread()).toEqual({ m1: 2, m2: 2 })
  })

  it('that come when nobody is there any more bring their own terms', async () => {
    const world = new GroupWorld(4)
    const last = world.add('m1', old)
    await world.pass(2 * leaseMs)
    last.die()
    const early = world.add('m2', other)
    await world.pass(leaseMs + 1_000)
    expect(early.refusal).toMatchObject({ code: 'ERR_GROUP_MISMATCH' })
    early.die()
    world.add('m3', other)
    world.add('m4', other)
    await world.pass(2 * leaseMs)
    expect(world.spread()).toEqual({ m3: 2, m4: 2 })
  })

  it.each([0, 1, 2, 3, 5, 7, 9, 11, 13])(
    'that differ and come to an empty group at once are never both in it, %i ms apart',
    async (apartMs) => {
      const world = new GroupWorld(4)
      world.add('m0', { terms: { symbols: [] } })
      await world.pass(leaseMs)
      world.machines[0]?.die()
      await world.pass(2 * leaseMs)
      const one = world.add('m1', old)
      await world.pass(apartMs)
      const two = world.add('m2', other)
      const same = world.add('m3', other)
      let most = 0
      await world.pass(2 * leaseMs, () => {
        most = Math.max(most, [one.member, two.member].filter(({ isMember }) => isMember).length)
      })
      expect(most).toBe(1)
      expect([one.refusal, two.refusal].filter((refusal) => refusal !== null)).toHaveLength(1)
      expect(same.refusal === null).toBe(two.refusal === null)
    },
  )

  it('that lost their lease, and find others with other terms when they are back, say so once and have nothing', async () => {
    const world = new GroupWorld(4)
    const cut = world.add('m1', old)
    await world.pass(leaseMs)
    cut.cut()
    await world.pass(2 * leaseMs)
    world.add('m2', other)
    await world.pass(leaseMs)
    cut.errors.length = 0
    cut.mend()
    await world.pass(3 * leaseMs)
    expect(world.spread()).toEqual({ m1: 0, m2: 4 })
    expect(cut.errors).toMatchObject([{ code: 'ERR_GROUP_MISMATCH' }])
  })
})
