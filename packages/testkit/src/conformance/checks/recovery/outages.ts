import type { ConformanceCheck, Need } from '../../check.js'
import { expectTrue } from '../../check-failure.js'
import { FeedScene } from './feed-scene.js'

const reconnection = 'connections.md#reconnection'

/** What can happen to connections, and what a feed is after it. */
interface Outage {
  readonly id: `recovery.${string}`
  readonly title: string
  /** What happened, as the end of a sentence that begins with "after". */
  readonly what: string
  readonly needs?: readonly Need[]
  readonly file?: string
  befall(scene: FeedScene): void | Promise<void>
}

const closeCodes: readonly (readonly [code: number | null, words: string])[] = [
  [1000, 'normal closure'],
  [1001, 'going away'],
  [null, 'no code, which is 1005'],
  [1012, 'service restart'],
]

const unreachable = [
  ['refused', 'connections that are refused'],
  ['unknown-host', 'a host name that cannot be resolved'],
  ['no-answer', 'a server that does not answer'],
] as const

const outages: readonly Outage[] = [
  {
    id: 'recovery.cut',
    title: 'a connection that is cut is made again, with every stream, once',
    what: 'a cut',
    befall: ({ stage }) => stage.network.faults.cut(),
  },
  {
    id: 'recovery.cut-over-and-over',
    title: 'connections that are cut over and over, while they are made as well, end in a whole feed',
    what: 'cuts in a row',
    async befall({ stage }) {
      for (const pauseMs of [700, 3, 1_300, 11, 4_000]) {
        stage.network.faults.cut()
        await stage.pass(pauseMs)
      }
    },
  },
  ...closeCodes.map(
    ([code, words]): Outage => ({
      id: `recovery.close-${code ?? 'without-code'}`,
      title: `a close frame of the exchange (${code === null ? words : `${code}, ${words}`}) does not end the feed`,
      what: `a close frame with ${code ?? 'no code'}`,
      befall: ({ stage }) => stage.network.faults.close(code ?? undefined),
    }),
  ),
  {
    id: 'recovery.half-open',
    title: 'a connection through which nothing gets any more, though it looks open, is noticed and replaced',
    what: 'a half-open connection',
    async befall(scene) {
      const { venue, network } = scene.stage
      const { length: before } = venue.sessions
      const { length: open } = venue.openSessions
      network.faults.halfOpen()
      await scene.runUntil(() => venue.sessions.length > before, 'a half-open connection should be replaced')
      await scene.runUntil(() => venue.openSessions.length === open, 'a half-open connection should end')
    },
  },
  {
    id: 'recovery.frozen',
    title: 'a network in which everything stands still for a minute costs nothing that is not told',
    what: 'a minute in which the network stood still',
    async befall(scene) {
      scene.stage.network.faults.freeze()
      for (let second = 0; second < 60; second += 1) {
        scene.stage.market.step()
        await scene.stage.pass(1_000)
      }
      scene.stage.network.faults.resume()
    },
  },
  {
    id: 'recovery.refused-handshakes',
    title: 'handshakes that the exchange refuses for a while are tried again',
    what: 'handshakes that were refused',
    async befall({ stage }) {
      stage.network.faults.refuseHandshakes(503)
      stage.network.faults.cut()
      await stage.pass(12_000)
      stage.network.faults.refuseHandshakes({ status: 429, headers: { 'retry-after': '2' } })
      await stage.pass(6_000)
      stage.network.faults.refuseHandshakes(null)
    },
  },
  ...unreachable.map(
    ([how, words]): Outage => ({
      id: `recovery.${how}`,
      title: `${words}, for a while, are waited for`,
      what: words,
      async befall({ stage }) {
        stage.network.faults.unreachable(how)
        stage.network.faults.cut()
        await stage.pass(20_000)
        stage.network.faults.unreachable(null)
      },
    }),
  ),
  {
    id: 'recovery.rest-away',
    title: 'a cut while REST does not answer is recovered from once it does',
    what: 'a cut while REST did not answer',
    async befall({ stage }) {
      stage.network.faults.ignoreRequests()
      stage.network.faults.cut()
      await stage.pass(10_000)
      stage.network.faults.ignoreRequests(false)
    },
  },
  {
    id: 'recovery.unanswered',
    title: 'subscriptions that are not answered after a reconnect are asked for again',
    what: 'a reconnect without answers',
    needs: ['control.silenceAcks'],
    file: 'parsers/control.ts',
    async befall({ stage }) {
      stage.control.silenceAcks()
      stage.network.faults.cut()
      await stage.pass(15_000)
      stage.control.silenceAcks(false)
    },
  },
]

/** What a feed is after its connections were lost in each of these ways. */
export const outageChecks: readonly ConformanceCheck[] = outages.map(({ id, title, what, needs, file, befall }) => ({
  id,
  title,
  level: 'must',
  needs: ['venue', ...(needs ?? [])],
  file: file ?? 'connection.ts',
  docs: reconnection,
  async run(lab) {
    const scene = await FeedScene.open(lab)
    const told = scene.record.streams.length
    await befall(scene)
    await scene.runUntil(() => scene.gappedSince(told).length > 0, `after ${what}, the loss should be told`)
    await scene.expectRecovered(what)
    expectTrue(scene.manager.isConnected(), `after ${what}, the manager should be connected`)
  },
}))
