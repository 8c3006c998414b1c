import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue } from '../../check-failure.js'
import { expectCode, FeedTrial, feedScopes, streamsAtVenue } from '../../lab/feed-trial.js'

const docs = 'writing-an-adapter.md#the-definition'
const rounds = 50
const churns = 100

/** That feeds can be begun, changed and ended as often as anybody likes, and know nothing of each other. */
export const livingChecks: readonly ConformanceCheck[] = [
  {
    id: 'lifecycle.fifty-rounds',
    title: `${rounds} feeds that are begun and closed, one after the other, leave nothing`,
    level: 'must',
    needs: ['venue'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        let perRound = 0
        for (let round = 1; round <= rounds; round += 1) {
          const [channel] = scope === 'public' ? lab.publicChannels : lab.privateChannels
          if (channel === undefined) break
          const instruments = lab.instruments.slice(0, 1)
          const trial = await new FeedTrial(lab, stage, { scope, instruments, channels: [channel] }).start()
          await trial.closeWhole()
          if (round === 1) perRound = stage.network.connectionsSeen
          expectEqual(
            stage.network.connectionsSeen,
            perRound * round,
            `round ${round} opened another number of connections than the first`,
          )
        }
      }
    },
  },
  {
    id: 'lifecycle.churn',
    title: `a market that is subscribed and unsubscribed ${churns} times leaves the others as they were`,
    level: 'must',
    needs: ['venue'],
    file: 'subscription.ts',
    docs: 'writing-an-adapter.md#strategy-2-the-subscription',
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const [kept, churned] = lab.instruments
      const [channel] = lab.publicChannels
      if (kept === undefined || churned === undefined || channel === undefined) return
      const trial = await new FeedTrial(lab, stage, { instruments: [kept], channels: [channel] }).start()
      const before = { venue: streamsAtVenue(stage), told: trial.manager.streamStates().length }
      for (let round = 0; round < churns; round += 1) {
        for (const [call, change] of [
          ['subscribe()', () => trial.manager.subscribe([churned])],
          ['unsubscribe()', () => trial.manager.unsubscribe([churned])],
        ] as const) {
          const thrown = await trial.rejection(change(), `${call} should settle in round ${round + 1}`)
          expectEqual(thrown, null, `${call} rejects in round ${round + 1}`)
        }
      }
      await stage.pass(5_000)
      expectEqual(
        { venue: streamsAtVenue(stage), told: trial.manager.streamStates().length },
        before,
        'what is subscribed is not what it was before',
      )
      await trial.untilLive()
      const timers = trial.staged.clock.pendingTimers
      expectTrue(timers < 50, 'timers pile up', { expected: 'fewer than 50', got: timers, file: 'connection.ts' })
      await trial.closeWhole()
    },
  },
  {
    id: 'lifecycle.handlers-that-fail',
    title: 'a handler that throws or rejects on every message ends nothing',
    level: 'must',
    needs: ['venue'],
    file: 'parser.ts',
    docs: 'errors.md#err_handler_failed',
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const onMessage of [throwing, rejecting]) {
          const stage = lab.stage({ levels: 8 })
          const trial = await new FeedTrial(lab, stage, { scope, manager: { onMessage } }).start()
          const connections = stage.network.connectionsSeen
          await trial.untilLive()
          await trial.moving(() => stage.pass(2_000))
          const codes = [...new Set(trial.record.errors.map(({ code }) => code))]
          expectEqual(codes, ['ERR_HANDLER_FAILED'], 'something else than the handler was reported')
          expectEqual(stage.network.connectionsSeen, connections, 'a failing handler ended a connection')
          await trial.closeWhole()
        }
      }
    },
  },
  {
    id: 'lifecycle.sets-are-not-shared',
    title: 'a set of strategies serves one manager, and no other after it',
    level: 'must',
    needs: ['venue'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const strategies = lab.publicSet()
      const trial = new FeedTrial(lab, stage, { strategies })
      for (const when of ['that another manager has', 'whose manager is closed']) {
        expectCode(
          thrownBy(() => stage.manager(strategies)),
          ['ERR_STRATEGIES_IN_USE'],
          `a manager is made with a set ${when}`,
        )
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'lifecycle.two-managers',
    title: 'two feeds of one process get the same messages each, and one lives on when the other is cut short',
    level: 'must',
    needs: ['venue'],
    file: 'definition.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        const first = await new FeedTrial(lab, stage, { scope }).start()
        const second = await new FeedTrial(lab, stage, { scope }).start()
        await first.untilLive()
        await second.untilLive()
        const heard = { first: first.record.messages.length, second: second.record.messages.length }
        await first.moving(() => stage.pass(3_000))
        await stage.pass(2_000)
        const news = {
          first: first.record.messages.length - heard.first,
          second: second.record.messages.length - heard.second,
        }
        expectTrue(news.first > 0, 'nothing came while the market moved')
        expectEqual(news.second, news.first, 'two feeds of one process got different numbers of messages')
        const closed = await first.rejection(first.manager.close(), 'close() of one of two feeds should resolve')
        expectEqual(closed, null, 'close() of one of two feeds rejects')
        const told = second.record.messages.length
        await second.moving(() => stage.pass(3_000))
        expectTrue(second.record.messages.length > told, 'the second feed is silent once the first is closed')
        expectEqual(second.notLive, [], 'streams of the second feed are not live once the first is closed')
        expectEqual(
          second.record.connections.filter(({ state }) => state === 'reconnecting'),
          [],
          'the second feed lost its connection when the first was closed',
        )
        await second.closeWhole()
      }
    },
  },
  {
    id: 'lifecycle.nothing-remembered',
    title: 'a feed knows nothing of what an earlier one was subscribed to',
    level: 'must',
    needs: ['venue.streams'],
    file: 'streams.ts',
    docs: 'writing-an-adapter.md#streams',
    async run(lab) {
      const [alone] = lab.instruments
      if (alone === undefined) return
      const fresh = lab.stage({ levels: 8 })
      const only = await new FeedTrial(lab, fresh, { instruments: [alone] }).start()
      const expected = streamsAtVenue(fresh)
      await only.closeWhole()
      const stage = lab.stage({ levels: 8 })
      const all = await new FeedTrial(lab, stage).start()
      await all.untilLive()
      await all.closeWhole()
      const later = await new FeedTrial(lab, stage, { instruments: [alone] }).start()
      expectEqual(streamsAtVenue(stage), expected, 'the second feed has other streams at the exchange than a first one')
      expectEqual(
        [...new Set(later.manager.streamStates().map(({ symbol }) => symbol?.name ?? alone.name))],
        [alone.name],
        'the second feed tells of instruments that it did not ask for',
      )
      await later.untilLive()
      await later.closeWhole()
    },
  },
]

function throwing(): void {
  throw new Error('the handler of a check')
}

async function rejecting(): Promise<void> {
  throw new Error('the handler of a check')
}

function thrownBy(call: () => unknown): unknown {
  try {
    call()
    return null
  } catch (thrown) {
    return thrown
  }
}
