import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { AccountScene, untilEqual } from './support/account-scene.js'
import { ChildMember, type MemberKind } from './support/child-member.js'
import { until } from './support/scene.js'

const leaseMs = 1_000

/** The account's own feed to compare with, which is logged in too, and members in processes of their own, the first of which has the account. */
async function open(scene: AccountScene, kind: MemberKind) {
  const source = await scene.watch()
  const own = scene.server.clients
  const logins = (): number => scene.server.clients - own
  const owner = await ChildMember.start(scene, 'one', leaseMs, kind)
  await until(() => owner.accounts.length === 1)
  const heir = await ChildMember.start(scene, 'two', leaseMs, kind)
  const { record, feed } = await scene.follow()
  return { source, owner, heir, record, feed, logins }
}

describe.skipIf(!hasNatsServer)('an account of a group of processes', () => {
  test('is left in order: nothing is lost, told twice or a gap, and the two are logged in for no longer than that takes', async () => {
    await using scene = await AccountScene.open('gateio')
    const { source, owner, heir, record, logins } = await open(scene, 'account')
    await using _owner = owner
    await using _heir = heir
    await scene.trade(20)
    await untilEqual(source, record, 10)
    expect([logins(), heir.open]).toEqual([1, []])
    let isLeft = false
    const left = owner.process.leave().then(() => {
      isLeft = true
    })
    while (!isLeft) {
      await scene.trade(1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await left
    await until(() => heir.accounts.length === 1 && logins() === 1)
    await scene.trade(20)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toEqual([])
  }, 30_000)

  test('is taken over by its warm second where its owner is killed, and every event is told once', async () => {
    await using scene = await AccountScene.open('gateio')
    const { source, owner, heir, record, logins } = await open(scene, 'standby')
    await using _owner = owner
    await using _heir = heir
    await until(() => heir.open.length === 1)
    await scene.trade(20)
    await untilEqual(source, record, 10)
    // Two, and never more; the second publishes nothing.
    expect([logins(), heir.accounts]).toEqual([2, []])
    // It has to have been there for longer than it takes to find that an owner is dead.
    await new Promise((resolve) => setTimeout(resolve, 2 * leaseMs + 1_000))
    await owner.process.kill()
    while (heir.accounts.length === 0) {
      await scene.trade(1)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await scene.trade(20)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toEqual([])
    expect(logins()).toBe(1)
  }, 30_000)

  test('is taken over cold where its owner is stopped for longer than its lease, which publishes nothing when it goes on, and logs out', async () => {
    await using scene = await AccountScene.open('gateio')
    const { source, owner, heir, record, logins } = await open(scene, 'account')
    await using _owner = owner
    await using _heir = heir
    await scene.trade(20)
    await untilEqual(source, record, 10)
    owner.process.freeze()
    await until(() => heir.accounts.length === 1 && heir.open.length === 1)
    await until(() => record.gaps.length >= 3)
    const epochs = await scene.epochsWhile(async () => {
      // What it finds in its sockets when it goes on is what it would publish.
      await scene.trade(20)
      await untilEqual(source, record)
      const { memberships } = owner
      owner.process.thaw()
      await until(() => owner.memberships > memberships && owner.open.length === 0 && logins() === 1)
      await scene.trade(20)
      await untilEqual(source, record)
    })
    expect(record.all).toEqual(source.all)
    expect(epochs.size).toBe(1)
  }, 30_000)
})
