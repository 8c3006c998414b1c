import type { Instrument, PublicChannel } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { manyInstruments } from '../../lab/many-instruments.js'
import type { Stage, StagedManager } from '../../lab/stage.js'
import type { SeenSession } from '../../lab/watched-venue.js'

const docs = 'writing-an-adapter.md#the-definition'

/** A stage with more instruments than this would take longer than a check may. */
const mostInstruments = 300

/** What the limits come to with a manager that uses them to the full. */
export const limitChecks: readonly ConformanceCheck[] = [
  {
    id: 'definition.streams-per-connection-kept',
    title: 'no connection ever carries more streams than the limit leaves, and none carries a stream of another',
    level: 'must',
    needs: ['venue.streams'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      const { streamsPerConnection, streamHeadroom } = lab.definition.limits
      const most = streamsPerConnection - streamHeadroom
      if (!Number.isFinite(most)) skip(`${lab.definition.name} documents no limit of streams on one connection.`)
      const count = Math.ceil((most * 1.2 + 2) / streamsEach(lab))
      if (count > mostInstruments) skip(`${most} streams on one connection are more than a check can subscribe.`)
      const { stage, staged, instruments } = crowdedStage(lab, count)
      const crowded = fullest(stage)
      await subscribed(stage, staged, instruments, lab.publicChannels)
      const all = openStreams(stage)
      expectEqual(all.length, new Set(all).size, 'a stream is on two connections at once', {
        got: all.filter((name, place) => all.indexOf(name) !== place),
      })
      const gone = instruments.filter((_, place) => place % 2 === 0)
      const { manager } = staged
      await stage.settled(manager.unsubscribe(gone, lab.publicChannels), 'unsubscribe() should resolve')
      await stage.settled(manager.subscribe(gone, lab.publicChannels), 'subscribe() should resolve')
      expectEqual(
        openStreams(stage).sort(),
        all.sort(),
        'after half of them left and came again, the streams are others',
      )
      expectTrue(crowded.most <= most, 'a connection carried more streams than the limits of the definition leave', {
        expected: `at most ${most}`,
        got: crowded.most,
      })
      expectTrue(
        stage.venue.sessions.length > 1,
        'more streams than one connection takes did not come to a second connection',
        { got: `${all.length} streams on ${stage.venue.sessions.length} connection` },
      )
    },
  },
  {
    id: 'definition.client-messages-kept',
    title: 'no connection ever sends more messages in a second than the limit says',
    level: 'must',
    needs: ['venue'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      const { clientMessagesPerSecond, streamsPerConnection, streamHeadroom } = lab.definition.limits
      const fitting = Math.floor((streamsPerConnection - streamHeadroom) / streamsEach(lab))
      const { stage, staged, instruments } = crowdedStage(lab, Math.min(40, Math.max(1, fitting)))
      await subscribed(stage, staged, instruments, lab.publicChannels)
      const { manager } = staged
      const calls = instruments.flatMap((instrument) =>
        lab.publicChannels.flatMap((channel) => [
          manager.unsubscribe([instrument], [channel]),
          manager.subscribe([instrument], [channel]),
        ]),
      )
      await stage.settled(
        Promise.all(calls),
        'hundreds of subscribe() and unsubscribe() at once should resolve',
        600_000,
      )
      for (const session of stage.venue.sessions) {
        const busiest = busiestSecond(session)
        expectTrue(
          busiest.count <= clientMessagesPerSecond,
          'a connection sent more messages within a second than the limits of the definition say',
          { expected: `at most ${clientMessagesPerSecond}`, got: busiest.count, frame: busiest.last },
        )
      }
    },
  },
]

/** How many streams every channel of one more instrument comes to. */
function streamsEach(lab: Lab): number {
  const set = lab.publicSet()
  const planned = (instruments: readonly Instrument[]): number =>
    new Set(
      lab.publicChannels.flatMap((channel) =>
        set.subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }),
      ),
    ).size
  return Math.max(1, planned(lab.instruments.slice(0, 2)) - planned(lab.instruments.slice(0, 1)))
}

function crowdedStage(
  lab: Lab,
  count: number,
): { readonly stage: Stage; readonly staged: StagedManager; readonly instruments: readonly Instrument[] } {
  const instruments = manyInstruments(lab, count)
  const stage = lab.stage({ instruments, levels: 8 })
  return { stage, staged: stage.manager(lab.publicSet()), instruments }
}

async function subscribed(
  stage: Stage,
  { manager }: StagedManager,
  symbols: readonly Instrument[],
  channels: readonly PublicChannel[],
): Promise<void> {
  await stage.settled(
    manager.initialize({ symbols, channels }),
    `initialize() with ${symbols.length} instruments should resolve`,
    600_000,
  )
}

function openStreams({ venue }: Stage): string[] {
  return venue.openSessions.flatMap(({ streams }) => [...streams])
}

/** The most streams that any connection has had, looked at whenever the exchange is sent something. */
function fullest({ venue }: Stage): { readonly most: number } {
  const seen = { most: 0 }
  venue.interceptMessage = () => {
    seen.most = Math.max(seen.most, ...venue.openSessions.map(({ streams }) => streams.length))
    return null
  }
  return seen
}

/** The second of a session in which its client sent most. */
function busiestSecond({ frames }: SeenSession): { readonly count: number; readonly last: string | Buffer } {
  const sent = frames.filter(({ dir }) => dir === 'out')
  let busiest = { count: 0, last: '' as string | Buffer }
  let first = 0
  for (const [place, { at, content }] of sent.entries()) {
    while ((sent[first]?.at ?? at) <= at - 1_000) first += 1
    const count = place - first + 1
    if (count > busiest.count) busiest = { count, last: content }
  }
  return busiest
}
