import { type StreamError, WebSocketStrategySet } from '@tapewire/core'
import type { OrderEvent } from '../../../market/account-event.js'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { toldAccount } from '../../truth/account-truth.js'
import { AccountScene } from './account-scene.js'

const backfillDocs = 'writing-an-adapter.md#what-a-stream-missed'
/** How long it is watched whether anybody still tries, ms. */
const watchedMs = 10 * 60_000

/** The set with connections that the exchange ends so soon. */
function shortLived(set: WebSocketStrategySet): WebSocketStrategySet {
  return new WebSocketStrategySet({ ...set, limits: { ...set.limits, connectionLifetimeMs: 20_000 } })
}

/** What becomes of an account beyond one loss: what is fetched, several connections, and the end of a key. */
export const accountRecoveryChecks: readonly ConformanceCheck[] = [
  {
    id: 'account.executions-fetched',
    title: 'executions of a gap are fetched where the adapter can, and told once, as fetched',
    level: 'must',
    needs: ['account', 'executions'],
    file: 'backfill.ts',
    docs: backfillDocs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      if (scene.set.backfill?.channels.includes('executions') !== true)
        skip('Executions that were missed cannot be fetched.')
      await scene.live(15)
      await scene.rest()
      scene.stage.network.faults.refuseHandshakes(503)
      scene.stage.network.faults.cut()
      await scene.live(40, 100)
      scene.stage.network.faults.refuseHandshakes(null)
      await scene.expectWell('a cut')
      await scene.stage.pass(15_000)
      await scene.rest()
      const missing = scene.expectFillsTold('a cut')
      expectEqual(missing, 0, 'executions of a gap were not fetched', { got: scene.record.gaps })
      const { executions } = toldAccount(scene.record.messages)
      expectTrue(
        executions.some(({ isFetched }) => isFetched),
        'no execution is marked as fetched',
      )
      const orders = new Set(executions.filter(({ isFetched }) => !isFetched).map(({ data }) => data.orderId))
      const misnamed = executions.find(({ data, isFetched }) => isFetched && orders.has(data.id))
      expectTrue(misnamed === undefined, 'an execution that was fetched has the id of an order', { got: misnamed })
      const fillIds = new Set(scene.happened.filter((event) => event.kind === 'fill').map(({ id }) => id))
      const swapped = executions.find(({ data, isFetched }) => isFetched && fillIds.has(data.orderId))
      expectTrue(swapped === undefined, 'an execution that was fetched names a fill as its order', { got: swapped })
    },
  },
  {
    id: 'account.orders-fetched',
    title: 'what became of orders in a gap is fetched where the adapter can',
    level: 'must',
    needs: ['account', 'orders'],
    file: 'backfill.ts',
    docs: backfillDocs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      if (scene.set.backfill?.channels.includes('orders') !== true)
        skip('States of orders that were missed cannot be fetched.')
      let ids: readonly string[] = []
      await scene.act('three orders were placed', () => {
        ids = ['0.1', '0.2', '0.3'].map((size) => scene.place({ side: 'buy', price: scene.prices.low, size }))
      })
      scene.begin()
      const { account, stage } = scene
      stage.network.faults.refuseHandshakes(503)
      stage.network.faults.cut()
      await stage.pass(2_000)
      const [filled = '', cancelled = '', part = ''] = ids
      account.fill(filled)
      account.cancel(cancelled)
      account.fill(part, '0.1')
      await stage.pass(3_000)
      stage.network.faults.refuseHandshakes(null)
      await scene.expectWell('a cut')
      await stage.pass(15_000)
      await scene.rest()
      const last = new Map(toldAccount(scene.record.messages).orders.map(({ data }) => [data.clientId, data]))
      for (const id of ids) {
        // The account may have moved on by itself once somebody listened again.
        const event = scene.happened.findLast((one): one is OrderEvent => one.kind === 'order' && one.id === id)
        if (event === undefined) continue
        const told = last.get(event.clientId) ?? [...last.values()].find((order) => order.id === id)
        if (told === undefined)
          fail('what became of an order in a gap was not fetched', { expected: event, got: scene.record.gaps })
        expectEqual(
          [told.status, Number(told.filledSize), Number(told.remainingSize ?? event.remainingSize)],
          [event.status, Number(event.filledSize), Number(event.remainingSize)],
          'an order that was fetched is not as it is',
          { got: told },
        )
      }
    },
  },
  {
    id: 'account.key-revoked',
    title: 'an API key that is deleted ends the feed with the exchange’s refusal, and nobody tries any more',
    level: 'must',
    needs: ['account', 'control.revokeApiKey'],
    file: 'connection.ts',
    docs: 'connections.md#the-end',
    async run(lab) {
      const scene = await AccountScene.open(lab)
      const { stage, record, manager } = scene
      const isOver = (): boolean => record.connections.at(-1)?.state === 'error'
      stage.control.revokeApiKey()
      await scene.live(20, 1_000)
      // Where nothing looks at the account meanwhile, the next connection shows it.
      if (!isOver()) stage.network.faults.cut()
      await scene.until(isOver, 'after its API key was deleted, the feed should end')
      const codes = record.errors.map(({ code }) => code)
      const isTold = record.errors.some((error) => codesOf(error).includes('ERR_AUTHENTICATION_FAILED'))
      expectTrue(isTold, 'the end should be told with ERR_AUTHENTICATION_FAILED', {
        expected: 'ERR_AUTHENTICATION_FAILED',
        got: codes,
      })
      const { connectionsSeen } = stage.network
      await stage.pass(watchedMs)
      expectEqual(stage.network.connectionsSeen, connectionsSeen, 'connections are still asked for after the end')
      expectTrue(!manager.isConnected(), 'the manager says that it is connected')
    },
  },
  {
    id: 'account.two-feeds',
    title: 'two feeds of one account are both told everything, once, and the end of one is none of the other',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      const scene = await AccountScene.open(lab)
      const { stage } = scene
      const other = stage.manager(lab.accountSet())
      await stage.settled(
        other.manager.initialize({ symbols: stage.instruments, channels: lab.privateChannels }),
        'initialize() of a second feed of the account should resolve',
      )
      await scene.rest()
      for (let round = 1; round <= 20; round += 1) {
        other.record.messages.length = 0
        await scene.act(`with two feeds, the ${round}th thing that happened`, () => scene.account.step())
        scene.expectTold(
          `on the second feed, the ${round}th thing that happened`,
          scene.happened,
          other.record.messages,
        )
      }
      await stage.settled(other.manager.close(), 'close() of the second feed should resolve')
      await scene.stage.pass(30_000)
      for (let round = 1; round <= 5; round += 1) {
        await scene.act('after the other feed was closed', () => scene.account.step())
      }
      expectTrue(scene.isWell, 'the end of a second feed ended the first', { got: scene.states })
    },
  },
  {
    id: 'account.redundancy',
    title: 'on two connections everything is told once, and the loss of either costs nothing',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'redundancy.md#redundancy',
    async run(lab) {
      const scene = await AccountScene.open(lab, { config: { redundancy: 2 } })
      const { stage, record } = scene
      await scene.until(() => stage.venue.openSessions.length === 2, 'there should be two connections')
      await scene.rest()
      const told = record.streams.length
      for (const place of [0, 1]) {
        for (let round = 0; round < 5; round += 1) {
          await scene.act('with two connections', () => scene.account.step())
        }
        stage.network.faults.cut(stage.network.connections[place])
        await stage.pass(100)
        await scene.act('with one of two connections', () => scene.account.step())
        await scene.until(() => stage.venue.openSessions.length === 2, 'a lost connection should be made again')
        await scene.rest()
      }
      const gapped = record.streams.slice(told).filter(({ status }) => status === 'gapped')
      expectEqual(
        gapped.map(({ stream }) => stream.id),
        [],
        'the loss of one of two connections made streams gapped',
      )
    },
  },
  {
    id: 'account.rotation',
    title:
      'connections of an account that the exchange ends after a time are replaced before that, and everything is told once',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'redundancy.md#planned-rotation',
    async run(lab) {
      const scene = await AccountScene.open(lab, { strategies: shortLived })
      const { venue } = scene.stage
      const told = scene.record.streams.length
      for (let round = 1; round <= 40; round += 1) {
        await scene.act(`the ${round}th thing that happened while connections are replaced`, () => scene.account.step())
      }
      expectTrue(venue.sessions.length >= 3, 'connections that end after 20 s should be replaced before that', {
        got: venue.sessions.length,
      })
      const gapped = scene.record.streams.slice(told).filter(({ status }) => status === 'gapped')
      expectEqual(
        gapped.map(({ stream }) => stream.id),
        [],
        'connections that were replaced for their age made streams gapped',
      )
    },
  },
]

/** The code of an error, and those of what it was made of. */
function codesOf(error: StreamError): readonly string[] {
  const causes: string[] = []
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if ('code' in one) causes.push(String(one.code))
  }
  return [...causes, ...Object.values(error.context ?? {}).map(String)]
}
