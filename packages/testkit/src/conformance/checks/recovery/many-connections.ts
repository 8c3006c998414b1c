import { type FeedMessage, type OverflowPolicy, WebSocketStrategySet } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { toldTrades } from '../../truth/trade-truth.js'
import { FeedScene } from './feed-scene.js'

const limitsDocs = 'writing-an-adapter.md#the-definition'
const redundancyDocs = 'redundancy.md#redundancy'
const mostWaiting = 20

/** The set with other limits. */
function limited(limits: Partial<WebSocketStrategySet['limits']>): (set: WebSocketStrategySet) => WebSocketStrategySet {
  return (set) => new WebSocketStrategySet({ ...set, limits: { ...set.limits, ...limits } })
}

/** So many streams a connection that there are three connections or so. */
async function thirdOfStreams(lab: Lab): Promise<number> {
  const scene = await FeedScene.open(lab)
  const { length } = scene.manager.streamStates()
  await scene.stage.close()
  if (length < 3) skip('Two instruments have fewer than three streams: they cannot be spread.')
  return Math.ceil(length / 3)
}

const policies: readonly OverflowPolicy[] = ['pause', 'drop-oldest', 'drop-newest', 'latest-by-stream']

async function checkPolicy(lab: Lab, overflowPolicy: OverflowPolicy): Promise<void> {
  const scene = await FeedScene.open(lab, { config: { overflowPolicy, maxPendingMessages: mostWaiting } })
  const { stage, record, manager } = scene
  const told = record.streams.length
  const drops = overflowPolicy.startsWith('drop')
  scene.handlerMs = 50
  for (let step = 0; step < 200; step += 1) {
    stage.market.step(scene.pairs[step % scene.pairs.length])
    await stage.pass(10)
    // How many wait does not change much from one step to the next.
    if (!drops || step % 10 !== 0) continue
    const waiting = manager.getPerformanceMetrics().connections.map(({ pendingMessages }) => pendingMessages)
    expectTrue(
      Math.max(...waiting) <= mostWaiting,
      `with ${overflowPolicy}, more messages wait for a slow handler than may`,
      {
        expected: mostWaiting,
        got: waiting,
        file: 'parser.ts',
      },
    )
  }
  scene.handlerMs = 0
  await stage.pass(60_000)
  const dropped = new Set(record.drops.map(({ stream }) => stream?.id))
  const gapped = new Set(scene.gappedSince(told))
  if (drops) {
    expectTrue(dropped.size > 0, `with ${overflowPolicy}, a slow handler should cost messages, and none was told`)
    const untold = record.drops.filter(
      ({ channel, stream }) => channel === 'orderbook' && stream !== null && !gapped.has(stream.id),
    )
    expectEqual(
      untold.map(({ stream }) => stream?.id),
      [],
      `with ${overflowPolicy}, books lost a message and were not gapped`,
      {
        file: 'parser.ts',
      },
    )
  } else {
    expectEqual(record.drops.length, 0, `with ${overflowPolicy}, messages were dropped`, { got: record.drops })
  }
  const words = `a slow handler with ${overflowPolicy}`
  await scene.expectRecovered(words)
  if (!drops) scene.expectNoTradeMissing(words)
}

/** What trades say, in order, of each market. */
function tradesOf(messages: readonly FeedMessage[], symbol: string): readonly string[] {
  return toldTrades(messages).filter((trade) => trade.startsWith(`${symbol} `))
}

/** What is known at the end of each stream whose newest message alone counts. */
function newestOf(messages: readonly FeedMessage[]): Readonly<Record<string, unknown>> {
  const newest = new Map<string, unknown>()
  for (const { stream, channel, symbol, data } of messages) {
    if (stream === null || channel === 'trades' || channel === 'orderbook') continue
    newest.set(`${channel} of ${symbol?.name} on ${stream.id}`, data)
  }
  return Object.fromEntries([...newest].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** What several connections and their ends make of a feed, and what a slow handler does. */
export const manyConnectionChecks: readonly ConformanceCheck[] = [
  {
    id: 'recovery.take-over',
    title:
      'an upgrade that the exchange announces costs nothing: a new connection takes over, and every trade is told once',
    level: 'must',
    needs: ['control.announceUpgrade'],
    file: 'parsers/control.ts',
    docs: 'redundancy.md#take-over',
    async run(lab) {
      const scene = await FeedScene.open(lab)
      const told = scene.record.streams.length
      const sessions = scene.stage.venue.sessions.length
      scene.stage.control.announceUpgrade?.(60_000)
      await scene.runUntil(
        () => scene.stage.venue.sessions.length > sessions && scene.stage.venue.openSessions.length === sessions,
        'after an announced upgrade, a new connection should take the place of the old one before that is ended',
      )
      await scene.expectRecovered('an announced upgrade')
      scene.expectNoTradeMissing('an announced upgrade')
      expectEqual(scene.gappedSince(told), [], 'an announced upgrade should cost nothing, and streams were gapped')
    },
  },
  {
    id: 'recovery.rotation',
    title: 'connections that the exchange ends after a time are replaced before that, and nothing is lost',
    level: 'must',
    needs: ['venue'],
    file: 'parser.ts',
    docs: 'redundancy.md#planned-rotation',
    async run(lab) {
      const scene = await FeedScene.open(lab, { strategies: limited({ connectionLifetimeMs: 20_000 }) })
      const told = scene.record.streams.length
      const { venue } = scene.stage
      await scene.runUntil(
        () => venue.sessions.length >= 3 && venue.openSessions.length === 1,
        'connections that end after 20 s should be replaced before that',
      )
      await scene.expectRecovered('connections that were replaced for their age')
      scene.expectNoTradeMissing('connections that were replaced for their age')
      expectEqual(scene.gappedSince(told), [], 'connections that were replaced for their age made streams gapped')
    },
  },
  {
    id: 'recovery.redundancy',
    title: 'on two connections every trade is told once, and the loss of either costs nothing',
    level: 'must',
    needs: ['venue'],
    file: 'parser.ts',
    docs: redundancyDocs,
    async run(lab) {
      const scene = await FeedScene.open(lab, { config: { redundancy: 2 } })
      const { stage, record } = scene
      expectEqual(stage.venue.openSessions.length, 2, 'with redundancy: 2 there should be two connections')
      const told = record.streams.length
      for (const place of [0, 1]) {
        stage.network.faults.cut(stage.network.connections[place])
        await scene.run(500)
        await scene.runUntil(() => stage.venue.openSessions.length === 2, 'a lost connection should be made again')
        await scene.run(2_000)
      }
      await scene.expectRecovered('the loss of one of two connections')
      scene.expectNoTradeMissing('the loss of one of two connections')
      // Changes of a book that nothing numbers come from one connection, and are asked for anew on the other.
      const gapped = record.streams
        .slice(told)
        .filter(({ status, channel }) => status === 'gapped' && channel !== 'orderbook')
      expectEqual(
        gapped.map(({ stream }) => stream.id),
        [],
        'the loss of one of two connections made streams gapped',
      )
    },
  },
  {
    id: 'recovery.several-connections',
    title:
      'streams that are spread over several connections are each subscribed once, and the loss of one connection is none to the others',
    level: 'must',
    needs: ['venue'],
    file: 'subscription.ts',
    docs: limitsDocs,
    async run(lab) {
      const most = await thirdOfStreams(lab)
      const scene = await FeedScene.open(lab, {
        strategies: limited({ streamsPerConnection: most, streamHeadroom: 0 }),
      })
      const { stage, record } = scene
      expectTrue(stage.venue.openSessions.length >= 3, 'streams should be spread over several connections', {
        expected: `${most} streams a connection`,
        got: stage.venue.openSessions.map(({ streams }) => streams.length),
      })
      const told = record.streams.length
      stage.network.faults.cut(stage.network.connections[1])
      await scene.runUntil(() => scene.gappedSince(told).length > 0, 'the loss of one connection should be told')
      await scene.expectRecovered('the loss of one connection of several')
      const gapped = new Set(scene.gappedSince(told))
      expectTrue(gapped.size <= most, 'the loss of one connection made streams of others gapped', {
        expected: `${most} streams at most`,
        got: [...gapped],
      })
    },
  },
  {
    id: 'recovery.same-on-three',
    title: 'a feed tells the same on one connection and on three',
    level: 'must',
    needs: ['venue'],
    file: 'parser.ts',
    docs: 'writing-an-adapter.md#a-parser-with-a-memory',
    async run(lab) {
      const most = await thirdOfStreams(lab)
      // Whatever a connection numbers by itself begins alike on each: the same number is something else on another.
      const scene = await FeedScene.open(lab, { chance: () => 0 })
      const { stage, pairs, channels } = scene
      const other = stage.manager(limited({ streamsPerConnection: most, streamHeadroom: 0 })(lab.publicSet()))
      await stage.settled(
        other.manager.initialize({ symbols: pairs, channels }),
        'initialize() on three connections should resolve',
      )
      await scene.run(1_000)
      const [before, otherBefore] = [scene.record.messages.length, other.record.messages.length]
      for (let round = 0; round < 3; round += 1) await scene.run(2_000)
      const [alone, spread] = [scene.record.messages.slice(before), other.record.messages.slice(otherBefore)]
      for (const { name } of pairs) {
        expectEqual(tradesOf(spread, name), tradesOf(alone, name), `trades of ${name} are others on three connections`)
      }
      expectEqual(newestOf(spread), newestOf(alone), 'what was told last is something else on three connections')
      scene.expectTrueBooks('a feed beside one on three connections')
    },
  },
  {
    id: 'recovery.changed-while-away',
    title: 'what was unsubscribed or subscribed while the connection was away is so once it is back',
    level: 'must',
    needs: ['venue'],
    file: 'subscription.ts',
    docs: 'connections.md#reconnection',
    async run(lab) {
      const scene = await FeedScene.open(lab)
      const { stage, manager, pairs, record } = scene
      const [gone] = pairs
      const fresh = lab.instruments[2]
      if (gone === undefined || fresh === undefined) return
      stage.network.faults.refuseHandshakes(503)
      stage.network.faults.cut()
      await stage.pass(500)
      const leaving = manager.unsubscribe([gone])
      const joining = manager.subscribe([fresh])
      // Each may settle only once the connection is back.
      const settled = Promise.all([leaving, joining])
      settled.catch(() => {})
      await stage.pass(3_000)
      stage.network.faults.refuseHandshakes(null)
      await stage.settled(settled, 'unsubscribe() and subscribe() should resolve once the connection is back')
      const before = record.messages.length
      for (let step = 0; step < 60; step += 1) {
        for (const pair of [gone, fresh]) stage.market.step(pair)
        await stage.pass(40)
      }
      await stage.pass(1_500)
      const told = new Set(record.messages.slice(before).flatMap(({ symbol }) => symbol?.name ?? []))
      expectTrue(!told.has(gone.name), `messages of ${gone.name} come, which was unsubscribed`, { got: [...told] })
      expectTrue(told.has(fresh.name), `no messages of ${fresh.name} come, which was subscribed`, { got: [...told] })
    },
  },
  ...policies.map(
    (policy): ConformanceCheck => ({
      id: `recovery.overflow-${policy}`,
      title: `a handler that is too slow, with overflowPolicy ${policy}: ${
        policy.startsWith('drop')
          ? 'no more wait than may, what is dropped is told, and no book is live without it'
          : 'nothing is dropped, and no trade is missing'
      }`,
      level: 'must',
      needs: ['venue'],
      file: 'parser.ts',
      docs: 'writing-an-adapter.md#a-look-before-reading',
      run: (lab) => checkPolicy(lab, policy),
    }),
  ),
]
