import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import type { Owned } from '../src/ownership.js'
import { AccountScene, beatIntervalMs, untilEqual } from './support/account-scene.js'
import { until } from './support/scene.js'

/** Two relays that are logged in to the account, of which `give` makes one its owner, or none. */
async function openPair(scene: AccountScene) {
  let owner = { index: -1, owned: null as Owned | null }
  const pair = [0, 1].map((index) => scene.relay({}, { of: () => (owner.index === index ? owner.owned : null) }))
  const relays = await Promise.all(pair)
  const give = async (index: number, owned: Owned | null): Promise<void> => {
    const before = relays[owner.index]?.relay
    owner = { index, owned }
    await Promise.all([before?.ownershipChanged(), relays[index]?.relay.ownershipChanged()])
  }
  return { relays, record: (relays[0] as (typeof relays)[number]).record, give }
}

describe.skipIf(!hasNatsServer)('an account that one relay publishes at a time', () => {
  test('is told once and in order, without any gap, where the next one was there before, however often it is handed over', async () => {
    await using scene = await AccountScene.open('gateio')
    const { record: source, give } = await openPair(scene)
    await give(0, { epoch: 1, continues: false })
    const { record, feed } = await scene.follow({ beatIntervalMs: 1_000 })
    const statuses = new Set<string>()
    feed.on('stream', ({ status }) => statuses.add(status))
    await scene.trade(10)
    for (let epoch = 2; epoch < 8; epoch += 1) {
      await give(-1, null)
      // Nobody's: whoever comes next has kept it.
      await scene.trade(5)
      await give(epoch % 2, { epoch, continues: true })
      await scene.trade(5)
    }
    await untilEqual(source, record, 30)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toEqual([])
    expect([...statuses].filter((status) => status === 'gapped')).toEqual([])
  })

  test('has a gap where the next one was not there before, whether the last one is still heard of or not', async () => {
    await using scene = await AccountScene.open('gateio')
    const { relays, record: source, give } = await openPair(scene)
    await give(0, { epoch: 1, continues: false })
    const { record } = await scene.follow()
    await scene.trade(10)
    await untilEqual(source, record)
    await give(1, { epoch: 2, continues: false })
    await until(() => record.gaps.length === 3)
    expect(record.gaps.find(({ channel }) => channel === 'orders')).toMatchObject({ action: 'partly-backfilled' })
    // What it lost is no gap any more: it has had nothing to say.
    await relays[0]?.relay.close()
    await scene.trade(10)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toHaveLength(3)
  })

  test('is gapped while nobody publishes it, and the gap ends with nothing missing where the next one was there all the time', async () => {
    await using scene = await AccountScene.open('gateio')
    const { relays, give } = await openPair(scene)
    await give(0, { epoch: 1, continues: false })
    const { record, feed } = await scene.follow({ beatIntervalMs })
    const source = relays[1]?.record ?? record
    await scene.trade(10)
    await untilEqual(source, record)
    await relays[0]?.relay.close()
    await until(() => feed.streamStates().every(({ status }) => status === 'gapped'))
    await scene.trade(10)
    await give(1, { epoch: 2, continues: true })
    await scene.trade(10)
    await until(() => record.gaps.length >= 3)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    const actions = record.gaps.filter(({ channel }) => channel === 'orders').map(({ action }) => action)
    expect(actions).toEqual(['backfilled'])
  })

  test('is published by nobody who may not any more, and what waited is stored where it is its own again', async () => {
    await using scene = await AccountScene.open('gateio')
    let owned: Owned | null = { epoch: 1, continues: false }
    let mayPublish = true
    const { relay, record: source } = await scene.relay({}, { of: () => owned, mayPublish: () => mayPublish })
    const { record } = await scene.follow()
    await scene.trade(10)
    await untilEqual(source, record)
    const told = record.messages.length
    // It was stopped: nobody has told it yet.
    mayPublish = false
    await scene.trade(10)
    await until(() => source.messages.length > told)
    owned = null
    void relay.ownershipChanged()
    await scene.trade(5)
    expect(record.messages.length).toBe(told)
    owned = { epoch: 2, continues: true }
    mayPublish = true
    await relay.ownershipChanged()
    await untilEqual(source, record, told + 5)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toEqual([])
  })
})
