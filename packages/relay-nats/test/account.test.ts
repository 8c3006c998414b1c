import { connect } from '@nats-io/transport-node'
import type { GapEvent } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { AccountScene, accounts, beatIntervalMs, untilEqual } from './support/account-scene.js'
import { until } from './support/scene.js'

const exchanges = Object.keys(accounts) as (keyof typeof accounts)[]

describe.skipIf(!hasNatsServer).each(exchanges)('a relayed account of %s', (exchange) => {
  test('tells every event once and in order, as its own feed does', async () => {
    await using scene = await AccountScene.open(exchange)
    const { record: source, relay } = await scene.relay()
    const { record } = await scene.follow()
    await scene.trade(60)
    await untilEqual(source, record, 30)
    expect(record.all).toEqual(source.all)
    expect(record.gaps).toEqual([])
    // A relay is told that an event is stored after the consumer is told the event.
    await until(() => relay.metrics().account?.waiting === 0)
    expect(relay.metrics()).toMatchObject({ account: { dropped: 0 }, droppedRecords: 0 })
  })

  test('that two relays publish is told once and in order', async () => {
    await using scene = await AccountScene.open(exchange)
    const { record: source, relay: one } = await scene.relay()
    const { record: second, relay: other } = await scene.relay()
    const { record } = await scene.follow()
    await scene.trade(40)
    await untilEqual(source, second, 20)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    // A relay is told of an answer after the consumer is told of the event.
    const [a, b] = [one.metrics().account, other.metrics().account]
    expect((a?.duplicates ?? 0) + (b?.duplicates ?? 0)).toBeGreaterThan(0)
  })

  test('is told whole over a restart of the server, and its gaps say that nothing is missing', async () => {
    await using scene = await AccountScene.open(exchange)
    const { record: source } = await scene.relay()
    const { record } = await scene.follow()
    await scene.trade(20)
    // In order: a server that is killed may forget the end of what it had accepted, and then the gap has to say so.
    await scene.nats.stop()
    await scene.trade(20)
    await scene.nats.restart()
    await untilEqual(source, record, 20)
    await scene.trade(20)
    await untilEqual(source, record, 30)
    expect(record.all).toEqual(source.all)
    await until(() => record.gaps.length >= 3)
    expect(record.gaps.map(({ action, fault }) => [action, fault])).toEqual(record.gaps.map(() => ['backfilled', null]))
    expect(new Set(record.gaps.map(({ channel }) => channel))).toEqual(new Set(['orders', 'executions', 'balances']))
  })

  test('is told from the beginning where that is asked for, says where that ends, and goes on live', async () => {
    await using scene = await AccountScene.open(exchange)
    const { record: source } = await scene.relay()
    await scene.trade(20)
    await untilEqual(source, source, 10)
    const { record, feed } = await scene.follow({ from: { sequence: 1 } })
    await scene.trade(20)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    expect(record.others).toHaveLength(3)
    expect(record.others.join()).toContain('orders.main: everything that was stored is told')
    expect(feed.getPerformanceMetrics()).toMatchObject({ gaps: 0 })
  })

  test('is told from the beginning to the last, also when its relay has ended, and the feed ends itself', async () => {
    await using scene = await AccountScene.open(exchange)
    const { record: source, relay } = await scene.relay()
    await scene.trade(20)
    await untilEqual(source, source, 10)
    await until(() => relay.metrics().account?.waiting === 0)
    await relay.close()
    const { record, feed } = await scene.follow({ from: 'first', to: 'last' })
    for await (const _ of feed.messages()) {
      // To its end.
    }
    expect(record.all).toEqual(source.all)
    expect(record.others.at(-1)).toContain('The replay has ended')
    expect(feed.getPerformanceMetrics().gaps).toBe(0)
  })

  test('takes nothing secret over the wire', async () => {
    await using scene = await AccountScene.open(exchange)
    const listener = await connect({ servers: scene.nats.url })
    const seen: string[] = []
    listener.subscribe('>', {
      callback: (_, { subject, data, headers }) => {
        seen.push(`${subject} ${headers ?? ''} ${Buffer.from(data).toString('latin1')}`)
      },
    })
    await listener.flush()
    const { record: source } = await scene.relay()
    const { record } = await scene.follow()
    await scene.trade(20)
    await untilEqual(source, record, 10)
    await listener.flush()
    await listener.close()
    const all = seen.join('\n')
    expect(all).toContain('executions.main')
    for (const secret of Object.values(scene.credentials)) expect(all).not.toContain(secret)
    expect(all).not.toMatch(/listenKey/i)
  })
})

describe.skipIf(!hasNatsServer)('the end of the relay of an account', () => {
  test('is a gap at the consumer until another one publishes it, whether anything happens or not, and what that one publishes is told', async () => {
    await using scene = await AccountScene.open('gateio')
    const { relay, record: source } = await scene.relay()
    const { feed, record } = await scene.follow({ beatIntervalMs })
    await scene.trade(10)
    await untilEqual(source, record)
    await relay.close()
    await until(() => feed.streamStates().every(({ status }) => status === 'gapped'))
    const { record: second } = await scene.relay()
    // As at the beginning, although nothing happens on the account.
    const asAtFirst = { status: 'syncing', reason: 'waiting for the first message' }
    await until(() => feed.streamStates().every(({ status }) => status === 'syncing'))
    expect(feed.streamStates()).toMatchObject([asAtFirst, asAtFirst, asAtFirst])
    const before = record.messages.length
    await scene.trade(20)
    await until(() => second.messages.length > 0 && record.messages.length === before + second.messages.length)
    const ofExecutions = () => record.gaps.filter(({ channel }) => channel === 'executions')
    await until(() => ofExecutions().length > 0)
    // The end of the one relay, and the beginning of the other, which are one gap where they are close to each other.
    const partly = { action: 'partly-backfilled', backfilled: 0 }
    expect(ofExecutions()).toMatchObject(ofExecutions().map(() => partly))
  })

  test('that happens while the server is away is a gap, whoever publishes it afterwards', async () => {
    await using scene = await AccountScene.open('gateio')
    const { relay, record: source } = await scene.relay()
    const { record } = await scene.follow({ beatIntervalMs })
    await scene.trade(10)
    await untilEqual(source, record)
    await scene.nats.stop('SIGKILL')
    await relay.close()
    await scene.nats.restart()
    await scene.relay()
    const isOne = ({ channel, action }: GapEvent) => channel === 'executions' && action === 'partly-backfilled'
    await until(() => record.gaps.some(isOne))
  })

  test('is none where another was there already', async () => {
    await using scene = await AccountScene.open('gateio')
    const { relay, record: source } = await scene.relay()
    await scene.relay()
    const { feed, record } = await scene.follow({ beatIntervalMs })
    await scene.trade(20)
    await untilEqual(source, record)
    await relay.close()
    await scene.trade(20)
    await untilEqual(source, record)
    expect(record.all).toEqual(source.all)
    expect(feed.streamStates().map(({ status }) => status)).toEqual(['live', 'live', 'live'])
  })
})
