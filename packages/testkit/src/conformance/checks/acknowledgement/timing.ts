import { MessageType, SubscriptionError } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import { FeedTrial, feedScopes, streamsAtVenue } from '../../lab/feed-trial.js'
import { readAll } from '../../lab/reading.js'
import type { Stage } from '../../lab/stage.js'

const docs = 'writing-an-adapter.md#answers-settle-streams'
const lateMs = 3_000
/** Longer than answers are waited for, ms. */
const unansweredMs = 20_000
/** Longer than it may take until what was not answered is asked for again, ms. */
const askedAgainMs = 70_000

/** That answers are understood whenever they come, and missed where they do not. */
export const timingChecks: readonly ConformanceCheck[] = [
  {
    id: 'acknowledgement.answers-settle',
    title: 'every stream of every request is settled by the answer, and nothing waits for a limit in time',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        // Long enough that a start which waits for it is told from one that is answered.
        const config = { acknowledgementTimeoutMs: 600_000 }
        const trial = await new FeedTrial(lab, stage, { scope, manager: { config } }).start()
        expectEqual(
          trial.manager
            .streamStates()
            .map(({ stream }) => stream.id)
            .sort(),
          trial.plannedIds(),
          `the ${scope} streams that are there are not those that were asked for`,
        )
        expectEqual(trial.record.errors, [], `errors were reported while the ${scope} channels were subscribed`)
        const removed = trial.manager.unsubscribe(scope === 'public' ? trial.request.symbols : [], [
          ...trial.request.channels,
        ])
        expectEqual(
          await trial.rejection(removed, 'unsubscribe() should be settled by the exchange’s answer'),
          null,
          'unsubscribe() rejects',
        )
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'acknowledgement.lost',
    title:
      'a subscription whose answer is lost is asked for once more, and that the exchange has it already is no refusal',
    level: 'must',
    needs: ['control.silenceAcks'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      for (const { name, options } of lab.variants) {
        const stage = lab.stage({ levels: 8 })
        const trial = await new FeedTrial(lab, stage, {
          endpoints: options,
          instruments: lab.instruments.slice(0, 1),
        }).start()
        await trial.untilLive()
        stage.control.silenceAcks()
        stage.network.faults.cut()
        await stage.pass(unansweredMs)
        stage.control.silenceAcks(false)
        await trial.moving(() => stage.pass(askedAgainMs))
        await trial.untilLive()
        const refused = trial.record.errors.filter((error) => error instanceof SubscriptionError)
        expectEqual(
          refused.flatMap(({ rejected }) => rejected.map(({ streamId, reason }) => `${streamId}: ${reason}`)),
          [],
          `with ${name}, what the exchange had accepted was taken for refused when it was asked for again`,
        )
        await stage.close()
      }
    },
  },
  {
    id: 'acknowledgement.late',
    title: 'answers that come late settle what they are about, and nothing is asked twice meanwhile',
    level: 'must',
    needs: ['control.delayAcks'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const prompt = lab.stage({ levels: 8 })
      await new FeedTrial(lab, prompt).start()
      const stage = lab.stage({ levels: 8 })
      stage.control.delayAcks(lateMs)
      const from = stage.clock.now()
      const trial = await new FeedTrial(lab, stage).start()
      const tookMs = stage.clock.now() - from
      expectTrue(tookMs >= lateMs, `initialize() resolved before any answer came`, {
        expected: `not before ${lateMs} ms`,
        got: `after ${tookMs} ms`,
        file: 'subscription.ts',
      })
      expectEqual(sentBy(stage), sentBy(prompt), 'another number of requests went out than where answers are prompt')
      await trial.untilLive()
      await trial.closeWhole()
    },
  },
  {
    id: 'acknowledgement.data-before-it',
    title: 'data that comes before the answer does no harm, and is not lost for what comes after it',
    level: 'must',
    needs: ['control.delayAcks'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      stage.control.delayAcks(lateMs)
      const trial = new FeedTrial(lab, stage)
      await trial.moving(() => trial.start())
      await trial.untilLive()
      const odd = trial.record.messages.filter(({ type }) => type === MessageType.Unknown || type === MessageType.Error)
      expectEqual(odd, [], 'data that came before the answer was read as something odd')
      expectEqual(trial.record.errors, [], 'data that came before the answer was reported as an error')
      await trial.closeWhole()
    },
  },
  {
    id: 'acknowledgement.missing',
    title: 'streams whose request is never answered are told one by one, and can be asked for again',
    level: 'must',
    needs: ['control.silenceAcks'],
    file: 'subscription.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const [there, unanswered] = lab.instruments
      if (there === undefined || unanswered === undefined) return
      const trial = await new FeedTrial(lab, stage, { instruments: [there] }).start()
      await trial.untilLive()
      const before = trial.manager.streamStates().length
      stage.control.silenceAcks()
      const error = await trial.rejection(trial.manager.subscribe([unanswered]), 'subscribe() should settle')
      expectTrue(
        error instanceof SubscriptionError && error.code === 'ERR_ACKNOWLEDGEMENT_TIMEOUT',
        'subscribe() of what is never answered should reject with ERR_ACKNOWLEDGEMENT_TIMEOUT',
        { got: error },
      )
      expectEqual(
        error.rejected.map(({ streamId }) => streamId).sort(),
        new FeedTrial(lab, stage, { instruments: [unanswered] }).plannedIds(),
        'each stream that was not acknowledged should be named once',
      )
      stage.control.silenceAcks(false)
      await trial.untilLive()
      expectTrue(trial.manager.streamStates().length >= before, 'streams that were live are not there any more')
      const again = await trial.rejection(trial.manager.subscribe([unanswered]), 'subscribe() should settle')
      expectEqual(again, null, 'subscribe() rejects for streams that were not acknowledged the first time')
      await trial.untilLive()
      await trial.closeWhole()
    },
  },
  {
    id: 'acknowledgement.unsubscribed',
    title: 'what is unsubscribed is acknowledged, brings nothing more, and the others go on',
    level: 'must',
    needs: ['venue'],
    file: 'subscription.ts',
    docs,
    async run(lab) {
      const [gone, ...others] = lab.instruments
      if (gone === undefined) return
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage).start()
      await trial.untilLive()
      const removed = await trial.rejection(trial.manager.unsubscribe([gone]), 'unsubscribe() should settle', 8_000)
      expectEqual(removed, null, 'unsubscribe() rejects')
      // What was under way has arrived.
      await stage.pass(1_000)
      const frames = stage.venue.sessions.map((session) => session.frames.length)
      const told = trial.record.messages.length
      await trial.moving(() => stage.pass(5_000))
      const late = trial.record.messages.slice(told).find(({ symbol }) => symbol === gone)
      expectTrue(late === undefined, `${gone.name} is still delivered after it was unsubscribed`, { got: late })
      for (const [place, session] of stage.venue.sessions.entries()) {
        const later = new Set(session.frames.slice(frames[place]))
        for (const { frame, messages } of readAll(trial.parser(), session.frames)) {
          if (!later.has(frame) || !messages.some(({ symbol }) => symbol === gone)) continue
          fail(`the exchange still sends ${gone.name} after it was unsubscribed`, { frame: frame.content })
        }
      }
      expectEqual(
        [...new Set(trial.manager.streamStates().map(({ symbol }) => symbol?.name))].sort(),
        others.map(({ name }) => name).sort(),
        'the streams of the others alone should be there',
      )
      expectEqual(trial.notLive, [], 'streams that were not unsubscribed are not live')
      await trial.closeWhole()
    },
  },
  {
    id: 'acknowledgement.unsubscribed-at-venue',
    title: 'the exchange has nothing subscribed any more of what was unsubscribed, and all of the rest',
    level: 'must',
    needs: ['venue.streams'],
    file: 'subscription.ts',
    docs,
    async run(lab) {
      const [gone, ...others] = lab.instruments
      if (gone === undefined) return
      const wanted = lab.stage({ levels: 8 })
      await new FeedTrial(lab, wanted, { instruments: others }).start()
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage).start()
      const removed = await trial.rejection(trial.manager.unsubscribe([gone]), 'unsubscribe() should settle')
      expectEqual(removed, null, 'unsubscribe() rejects')
      await stage.pass(2_000)
      expectEqual(streamsAtVenue(stage), streamsAtVenue(wanted), 'the exchange has other streams subscribed')
    },
  },
]

/** Requests that went out before anything was live: pings are too few to come in between. */
function sentBy({ venue }: Stage): number {
  const [session] = venue.sessions
  const early = (session?.openedAt ?? 0) + lateMs
  return session?.frames.filter(({ dir, at }) => dir === 'out' && at < early).length ?? 0
}
