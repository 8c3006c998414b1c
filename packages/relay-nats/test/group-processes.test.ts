import { connect } from '@nats-io/transport-node'
import type { ExchangeFeed, GapEvent } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { readHeader } from '../src/encoding.js'
import { ChildMember } from './support/child-member.js'
import { btc, eth, gateio, levelsOf, RelayScene, until } from './support/scene.js'

const wanted = { symbols: [btc, eth], channels: ['orderbook', 'trades'] } as const
const leaseMs = 1_000

/** The member that publishes, the one that would take over, whoever follows them, and a feed of the exchange itself. */
async function open(scene: RelayScene): Promise<{
  readonly owner: ChildMember
  readonly heir: ChildMember
  readonly follower: ExchangeFeed
  readonly direct: ExchangeFeed
  readonly gaps: readonly GapEvent[]
}> {
  const world = { nats: scene.nats, server: scene.venue }
  const [one, two] = await Promise.all([
    ChildMember.start(world, 'one', leaseMs),
    ChildMember.start(world, 'two', leaseMs),
  ])
  await until(() => one.symbols.length + two.symbols.length === 2)
  const [owner, heir] = one.symbols.length === 2 ? [one, two] : [two, one]
  const [follower, direct] = await Promise.all([scene.follow({ ...wanted, retry: true }), scene.feed(wanted)])
  const gaps: GapEvent[] = []
  follower.on('gap', (gap) => gaps.push(gap))
  await until(() => isTrue(follower, direct))
  return { owner, heir, follower, direct, gaps }
}

/** Whether both books are live, and as they are at the exchange. */
function isTrue(follower: ExchangeFeed, direct: ExchangeFeed): boolean {
  return wanted.symbols.every((symbol) => {
    const [relayed, real] = [follower.orderBook(symbol), direct.orderBook(symbol)]
    return relayed?.isLive === true && JSON.stringify(levelsOf(relayed)) === JSON.stringify(levelsOf(real))
  })
}

/** The epochs of the frames of each subject, one after the other, for as long as the returned object is there. */
async function listen(scene: RelayScene): Promise<{
  readonly epochs: ReadonlyMap<string, readonly number[]>
  [Symbol.asyncDispose](): Promise<void>
}> {
  const connection = await connect({ servers: scene.nats.url })
  const epochs = new Map<string, number[]>()
  connection.subscribe('tapewire.>', {
    callback: (_, { subject, data }) => {
      const header = readHeader(data)
      if (header !== null) epochs.set(subject, [...(epochs.get(subject) ?? []), header.epoch])
    },
  })
  await connection.flush()
  return { epochs, [Symbol.asyncDispose]: () => connection.close() }
}

describe.skipIf(!hasNatsServer)('a group of processes', () => {
  test('of which one is killed: another publishes what it had, which is told as a gap, and the books are true again', async () => {
    await using scene = await RelayScene.open(gateio)
    const { owner, heir, follower, direct, gaps } = await open(scene)
    await using _owner = owner
    await using _heir = heir
    await scene.trade(1)
    await owner.process.kill()
    await until(() => heir.symbols.length === 2)
    await scene.trade(2)
    await until(() => gaps.length >= 4 && isTrue(follower, direct))
    expect(gaps.map(({ stream }) => `${stream.channel} ${stream.instrument?.name}`).sort()).toEqual([
      'orderbook BTC/USDT',
      'orderbook ETH/USDT',
      'trades BTC/USDT',
      'trades ETH/USDT',
    ])
  }, 30_000)

  test('of which one is stopped for longer than its lease: it publishes nothing of what it lost, and joins anew', async () => {
    await using scene = await RelayScene.open(gateio)
    const { owner, heir, follower, direct } = await open(scene)
    await using _owner = owner
    await using _heir = heir
    await using heard = await listen(scene)
    const { memberships } = owner
    const isHeardOf = (owners: number): boolean =>
      heard.epochs.size === 4 && [...heard.epochs.values()].every((epochs) => new Set(epochs).size === owners)
    await scene.trade(1)
    await until(() => isHeardOf(1) && isTrue(follower, direct))
    owner.process.freeze()
    await until(() => heir.symbols.length === 2)
    // What it finds in its sockets when it goes on is what it would publish.
    await scene.trade(2)
    await until(() => isHeardOf(2))
    owner.process.thaw()
    await until(() => owner.memberships > memberships && owner.symbols.length === 0)
    await scene.trade(1)
    await until(() => isTrue(follower, direct))
    expect(isHeardOf(2)).toBe(true)
    for (const [subject, epochs] of heard.epochs) {
      expect([subject, epochs]).toEqual([subject, [...epochs].sort((a, b) => a - b)])
    }
  }, 30_000)
})
