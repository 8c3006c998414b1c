import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { expectCode, type FeedScope, FeedTrial, feedScopes } from '../../lab/feed-trial.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'

const docs = 'connections.md#closing'
/** After so many events of a start, each one a step of network or clock, it is over with every exchange that we know. */
const eventsOfStart = 40

/** That `close()` leaves nothing behind, whatever was under way. */
export const closingChecks: readonly ConformanceCheck[] = [
  {
    id: 'lifecycle.close-before-start',
    title: 'a manager that was never initialised is closed, and nothing was asked of the exchange',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage()
        const trial = new FeedTrial(lab, stage, { scope })
        await trial.closeWhole()
        expectEqual(stage.network.connectionsSeen, 0, 'a manager that was never initialised opened connections')
        expectEqual(stage.network.requestsSeen, 0, 'a manager that was never initialised made REST requests')
      }
    },
  },
  {
    id: 'lifecycle.close-while-unanswered',
    title: 'close() while no handshake and no request is answered ends the start and leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    run: (lab) => closeDuringStart(lab, ({ network }) => network.faults.unreachable('no-answer')),
  },
  {
    id: 'lifecycle.close-while-shaking-hands',
    title: 'close() while the handshake is under way ends the start and leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    run: (lab) => closeDuringStart(lab, ({ network }) => network.faults.freeze()),
  },
  {
    id: 'lifecycle.close-while-subscribing',
    title: 'close() while answers to subscriptions are awaited ends the start and leaves nothing',
    level: 'must',
    needs: ['control.silenceAcks'],
    file: 'connection.ts',
    docs,
    run: (lab) => closeDuringStart(lab, ({ control }) => control.silenceAcks()),
  },
  {
    id: 'lifecycle.close-at-every-step',
    title: 'close() after any step of a start leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const instruments = lab.instruments.slice(0, 2)
      for (const scope of feedScopes(lab)) {
        let isStarted = false
        for (let events = 1; events <= eventsOfStart && !isStarted; events += 1) {
          const stage = lab.stage({ levels: 8 })
          const trial = new FeedTrial(lab, stage, { scope, instruments })
          const started = trial.manager.initialize(trial.request).then(
            () => {
              isStarted = true
            },
            () => {},
          )
          let seen = 0
          while (seen < events && !isStarted) {
            await stage.pass(stage.clock.nextTimerInMs ?? 0)
            seen += 1
          }
          await trial.closeWhole()
          await stage.settled(started, `initialize() should settle once the manager is closed after ${events} steps`)
        }
      }
    },
  },
  {
    id: 'lifecycle.close-while-live',
    title:
      'close() of a feed that delivers, called twice at once and once more, ends it, and nothing is told afterwards',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage()
        const trial = await new FeedTrial(lab, stage, { scope }).start()
        await trial.untilLive()
        await trial.moving(async () => {
          await stage.pass(1_000)
          const both = Promise.all([trial.manager.close(), trial.manager.close()])
          await stage.settled(both, 'close() should resolve for both who call it')
          const told = trial.record.messages.length
          await stage.pass(30_000)
          expectEqual(trial.record.messages.length, told, 'messages were delivered after close() had resolved')
        })
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'lifecycle.close-while-reconnecting',
    title: 'close() while connections are lost and cannot be made leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const afterMs of [0, 700, 5_000, 90_000]) {
          const stage = lab.stage({ levels: 8 })
          const trial = await new FeedTrial(lab, stage, { scope, instruments: lab.instruments.slice(0, 1) }).start()
          stage.network.faults.refuseHandshakes(503)
          stage.network.faults.cut()
          await stage.pass(afterMs)
          await trial.closeWhole()
        }
      }
    },
  },
  {
    id: 'lifecycle.close-while-frozen',
    title: 'close() of connections through which nothing gets ends them all the same',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        const trial = await new FeedTrial(lab, stage, { scope, instruments: lab.instruments.slice(0, 1) }).start()
        stage.network.faults.freeze()
        const thrown = await trial.rejection(trial.manager.close(), 'close() should resolve on a frozen network')
        expectEqual(thrown, null, 'close() rejects on a frozen network')
        stage.network.faults.resume()
        await trial.expectNothingLeft()
      }
    },
  },
  {
    id: 'lifecycle.close-while-snapshots-wait',
    title: 'close() while order books wait for a snapshot that does not come leaves nothing',
    level: 'must',
    needs: ['books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      if (lab.publicSet().bookRules?.source !== 'rest')
        skip(`${lab.definition.name} takes its books from streams alone.`)
      const stage = lab.stage({ levels: 8 })
      stage.network.faults.ignoreRequests()
      const trial = await new FeedTrial(lab, stage, { channels: ['orderbook'] }).start()
      await trial.moving(() => stage.pass(2_000))
      expectTrue(stage.network.pendingRequests > 0, 'no snapshot is asked for while updates come', {
        file: 'book-rules.ts',
      })
      await trial.closeWhole()
    },
  },
  {
    id: 'lifecycle.abort-of-start',
    title: 'a start whose signal is aborted after any step rejects with the signal’s own reason and leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs: 'connections.md#the-first-attempt',
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const events of [0, 1, 2, 3, 4, 6, 8]) {
          const stage = lab.stage({ levels: 8 })
          const trial = new FeedTrial(lab, stage, { scope, instruments: lab.instruments.slice(0, 1) })
          const abort = new AbortController()
          const reason = new Error('not wanted any more')
          const started = trial.manager.initialize({ ...trial.request, signal: abort.signal })
          let isOver = false
          started.then(
            () => {
              isOver = true
            },
            () => {},
          )
          for (let seen = 0; seen < events && !isOver; seen += 1) await stage.pass(stage.clock.nextTimerInMs ?? 0)
          if (isOver) continue
          abort.abort(reason)
          const thrown = await trial.rejection(started, 'initialize() should settle once its signal is aborted', 5_000)
          expectTrue(thrown === reason, 'initialize() should reject with the reason of its signal', {
            expected: reason,
            got: thrown,
          })
          await trial.expectNothingLeft()
        }
      }
    },
  },
]

/** Begins a start that cannot come to its end, closes, and looks what is left. */
async function closeDuringStart(lab: Lab, hold: (stage: Stage) => void): Promise<void> {
  for (const scope of feedScopes(lab)) {
    for (const afterMs of [0, 100, 3_000]) await closeAfter(lab, scope, afterMs, hold)
  }
}

async function closeAfter(lab: Lab, scope: FeedScope, afterMs: number, hold: (stage: Stage) => void): Promise<void> {
  const stage = lab.stage({ levels: 8 })
  hold(stage)
  const trial = new FeedTrial(lab, stage, { scope })
  const started = trial.manager.initialize(trial.request)
  const settled = started.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  await stage.pass(afterMs)
  const thrown = await trial.rejection(trial.manager.close(), 'close() should resolve during a start')
  expectEqual(thrown, null, 'close() rejects during a start')
  stage.network.faults.unreachable(null)
  stage.network.faults.resume()
  expectCode(
    await stage.settled(settled, 'initialize() should settle once the manager is closed'),
    ['ERR_CLOSED'],
    'initialize() of a manager that is closed meanwhile should reject with ERR_CLOSED',
  )
  await trial.expectNothingLeft()
}
