import { type Stream, SubscriptionError } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, shown } from '../../check-failure.js'
import { FeedTrial } from '../../lab/feed-trial.js'
import { StreamPattern } from '../../lab/stream-pattern.js'
import { errorsTold } from '../../lab/told-errors.js'

const docs = 'writing-an-adapter.md#answers-settle-streams'

/** That a refusal is understood, and ends what it is about and nothing else. */
export const refusalChecks: readonly ConformanceCheck[] = [
  {
    id: 'acknowledgement.one-of-many-refused',
    title: 'one refused market is refused by name, and the others of its request are live',
    level: 'must',
    needs: ['control.refusePair'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const [refused, ...others] = lab.instruments
      if (refused === undefined) return
      for (const channel of lab.publicChannels) {
        const stage = lab.stage({ levels: 8 })
        stage.control.refusePair(refused)
        const trial = new FeedTrial(lab, stage, { channels: [channel] })
        const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
        assertRefusal(
          error,
          trial,
          `initialize() with ${refused.name}, which the exchange does not have, for ${channel}`,
        )
        expectEqual(
          [...new Set(error.rejected.map(({ symbol }) => symbol))],
          [refused.name],
          `of ${channel}, the refused market alone should be named`,
        )
        expectEqual(
          [...new Set(trial.manager.streamStates().map(({ symbol }) => symbol?.name))].sort(),
          others.map(({ name }) => name).sort(),
          `of ${channel}, the other markets alone should be there`,
        )
        await trial.untilLive()
      }
    },
  },
  {
    id: 'acknowledgement.one-stream-refused',
    title: 'one refused stream of a market is refused alone, and given later',
    level: 'must',
    needs: ['control.refuseStream', 'control.acceptStreams'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const [instrument] = lab.instruments
      const [channel] = lab.publicChannels
      if (instrument === undefined || channel === undefined) return
      const [stream] = lab
        .publicSet()
        .subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
      if (stream === undefined) return
      const stage = lab.stage({ levels: 8 })
      const pattern = new StreamPattern(stream)
      stage.control.refuseStream(pattern)
      const trial = new FeedTrial(lab, stage)
      const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
      if (error === null) expectMatched(pattern, stream)
      assertRefusal(error, trial, `initialize() while the exchange refuses ${stream.id}`)
      expectEqual(
        error.rejected.map(({ streamId }) => streamId),
        [stream.id],
        `the refused stream alone should be named: the emulation refused ${[...pattern.matched].join(', ')}`,
      )
      await trial.untilLive()
      stage.control.acceptStreams()
      const again = trial.manager.subscribe([instrument], [channel])
      expectEqual(
        await trial.rejection(again, 'subscribe() should settle'),
        null,
        'subscribe() rejects for a stream that was refused before and would be given now',
      )
      await trial.untilLive()
    },
  },
  {
    id: 'acknowledgement.all-refused',
    title: 'where every market is refused each is named, with a reason',
    level: 'must',
    needs: ['control.refusePair'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      for (const instrument of lab.instruments) stage.control.refusePair(instrument)
      const trial = new FeedTrial(lab, stage)
      const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
      assertRefusal(error, trial, 'initialize() with markets that the exchange does not have')
      const planned = new FeedTrial(lab, stage).plannedIds()
      expectEqual(
        error.rejected.map(({ streamId }) => streamId).sort(),
        planned,
        'each stream should be refused once, by its id',
      )
      for (const { reason, streamId } of error.rejected)
        expectTrue(reason !== '', `${streamId} is refused without a reason`)
      await trial.closeWhole()
    },
  },
  {
    id: 'acknowledgement.added-and-refused',
    title: 'a market that is added and refused leaves those that are there as they were',
    level: 'must',
    needs: ['control.refusePair', 'control.listPair'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const [refused, ...others] = lab.instruments
      if (refused === undefined) return
      const stage = lab.stage({ levels: 8 })
      stage.control.refusePair(refused)
      const trial = await new FeedTrial(lab, stage, { instruments: others }).start()
      await trial.untilLive()
      const error = await trial.rejection(trial.manager.subscribe([refused]), 'subscribe() should settle')
      assertRefusal(error, trial, `subscribe() of ${refused.name}, which the exchange does not have,`)
      await trial.untilLive()
      stage.control.listPair(refused)
      const second = await trial.rejection(trial.manager.subscribe([refused]), 'subscribe() should settle')
      expectEqual(second, null, 'subscribe() rejects for a market that the exchange has by now')
      await trial.untilLive()
    },
  },
  {
    id: 'acknowledgement.refused-after-reconnect',
    title: 'a market that is gone after a reconnect is told as refused, and the others are live again',
    level: 'must',
    needs: ['control.refusePair'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const [refused] = lab.instruments
      if (refused === undefined) return
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage).start()
      await trial.untilLive()
      stage.control.refusePair(refused)
      stage.network.faults.cut()
      await stage.until(
        () => trial.record.errors.some(({ code }) => code === 'ERR_SUBSCRIPTION_REJECTED'),
        'a market that is refused after a reconnect should be told as ERR_SUBSCRIPTION_REJECTED',
      )
      await stage.until(() => trial.manager.isConnected(), 'the connection should be back')
      await trial.untilLive(refused)
      const gone = trial.record.errors.filter((error) => error instanceof SubscriptionError)
      expectEqual(
        [...new Set(gone.flatMap(({ rejected }) => rejected.map(({ symbol }) => symbol)))],
        [refused.name],
        'the refused market alone should be named',
      )
    },
  },
  {
    id: 'acknowledgement.more-than-it-takes',
    title: 'where a connection takes fewer streams than were asked for, each is live or refused by name',
    level: 'must',
    needs: ['control.limitStreams'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const most = 3
      stage.control.limitStreams(most)
      const trial = new FeedTrial(lab, stage)
      const planned = trial.plannedIds()
      const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
      const refused = error instanceof SubscriptionError ? error.rejected.map(({ streamId }) => streamId) : []
      if (error !== null) assertRefusal(error, trial, `initialize() of more than ${most} streams`)
      const there = trial.manager.streamStates().map(({ stream }) => stream.id)
      expectEqual([...there, ...refused].sort(), planned, 'each stream should be there or refused, and not both')
      expectTrue(there.length >= most, `${most} streams would be given`, { expected: most, got: there.length })
      await trial.untilLive()
      await trial.closeWhole()
    },
  },
]

function assertRefusal(error: unknown, { record }: FeedTrial, what: string): asserts error is SubscriptionError {
  expectTrue(
    error instanceof SubscriptionError && error.code === 'ERR_SUBSCRIPTION_REJECTED',
    `${what} should reject with a SubscriptionError`,
    {
      expected: 'ERR_SUBSCRIPTION_REJECTED',
      got: { thrown: error ?? 'nothing: it resolved', onError: errorsTold(record) },
    },
  )
}

/** Fails where the emulation refused nothing: what the adapter made of it cannot be told then. */
function expectMatched({ compared, matched }: StreamPattern, { id, wireChannel, wireSymbol }: Stream): void {
  expectTrue(matched.size > 0, `the emulation was to refuse ${id}, and refused nothing`, {
    expected: `\`refuseStream()\` compares with a name that holds ${shown(wireChannel)} and ${shown(wireSymbol ?? '')}, in either order`,
    got: compared.size === 0 ? 'it was compared with nothing' : [...compared],
    file: 'testing/session.ts',
  })
}
