import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { heardOf } from '../../lab/heard-of.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage, StagedManager } from '../../lab/stage.js'

const file = 'subscription.ts'
const docs = 'writing-an-adapter.md#strategy-2-the-subscription'

/** An answer that takes longer than this did not come: a stage’s network takes a few ms, and many messages a few seconds. */
const answeredWithinMs = 10_000

/** What the exchange makes of the requests. */
export const exchangeChecks: readonly ConformanceCheck[] = [
  {
    id: 'subscription.all-accepted',
    title: 'the exchange accepts every request and each stream is answered, with every variant of options',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      for (const { name, options } of lab.variants) {
        const stage = lab.stage({ levels: 8 })
        const staged = stage.manager(lab.publicSet(options))
        await everythingSubscribed(lab, stage, staged, name)
        expectEqual(
          staged.record.errors.map(({ code, message }) => `${code} ${message}`),
          [],
          `errors were told while everything was subscribed, ${name}`,
        )
        const waiting = staged.manager.streamStates().filter(({ reason }) => reason === 'not subscribed')
        expectEqual(
          waiting.map(({ stream }) => stream.id),
          [],
          `streams were never answered, ${name}`,
        )
        await heardOf(stage, staged.record, lab.instruments)
        await stage.close()
      }
    },
  },
  {
    id: 'subscription.exchange-has-what-was-asked',
    title: 'the exchange has as many streams as were asked for, and the same after a reconnect',
    level: 'must',
    needs: ['venue.streams'],
    file,
    docs,
    async run(lab) {
      for (const { name, options } of lab.variants) {
        const stage = lab.stage({ levels: 8 })
        const staged = stage.manager(lab.publicSet(options))
        await everythingSubscribed(lab, stage, staged, name)
        const asked = staged.manager.streamStates().map(({ stream }) => stream.id)
        const had = streamsAt(stage)
        expectEqual(
          had.length,
          new Set(asked).size,
          `the exchange has another number of streams than were asked for, ${name}`,
          {
            expected: asked,
            got: had,
          },
        )
        stage.network.faults.cut()
        await stage.pass(100)
        const isBack = (): boolean => streamsAt(stage).length >= had.length
        await stage.until(isBack, `after a lost connection everything should be asked for again, ${name}`)
        expectEqual(streamsAt(stage), had, `after a reconnect, the exchange has other streams, ${name}`)
        await stage.close()
      }
    },
  },
  {
    id: 'subscription.unsubscribed-is-gone',
    title: 'what is unsubscribed is gone at the exchange, and nothing else is',
    level: 'must',
    needs: ['venue.streams'],
    file,
    docs,
    async run(lab) {
      for (const { name, options } of lab.variants) {
        const stage = lab.stage({ levels: 8 })
        const staged = stage.manager(lab.publicSet(options))
        await everythingSubscribed(lab, stage, staged, name)
        const { manager } = staged
        let left = streamsAt(stage)
        for (const instrument of lab.instruments) {
          const before = manager.streamStates().length
          await stage.settled(
            manager.unsubscribe([instrument], lab.publicChannels),
            `unsubscribe() of ${instrument} should resolve`,
          )
          await stage.pass(100)
          const gone = before - manager.streamStates().length
          const now = streamsAt(stage)
          expectTrue(
            now.every((stream) => left.includes(stream)),
            `unsubscribing ${instrument} began a stream, ${name}`,
            { expected: left, got: now },
          )
          expectEqual(
            left.length - now.length,
            gone,
            `unsubscribing ${gone} streams of ${instrument} ended another number at the exchange, ${name}`,
            {
              got: left.filter((stream) => !now.includes(stream)),
            },
          )
          left = now
        }
        expectEqual(left, [], `after everything was unsubscribed, the exchange has streams, ${name}`)
        await stage.close()
      }
      if (lab.hasAccount && lab.privateChannels.length > 0) await accountUnsubscribed(lab)
    },
  },
  {
    id: 'subscription.channel-by-channel',
    title: 'a channel that is unsubscribed brings nothing more, while the others go on',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      if (lab.publicChannels.length < 2) skip(`${lab.definition.name} has one channel of market data.`)
      for (const channel of lab.publicChannels) {
        const stage = lab.stage({ levels: 8 })
        const staged = stage.manager(lab.publicSet())
        await everythingSubscribed(lab, stage, staged, 'default options')
        await stage.settled(
          staged.manager.unsubscribe(lab.instruments, [channel]),
          `unsubscribe() of ${channel} should resolve`,
        )
        staged.record.messages.length = 0
        await heardOf(stage, staged.record, lab.instruments)
        const late = staged.record.messages.filter((message) => 'channel' in message && message.channel === channel)
        expectEqual(late.length, 0, `${channel} was unsubscribed, and goes on`, { got: late[0] })
        await stage.close()
      }
    },
  },
  {
    id: 'subscription.again',
    title: 'what was unsubscribed can be subscribed again',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const staged = stage.manager(lab.publicSet())
      await everythingSubscribed(lab, stage, staged, 'default options')
      const { manager, record } = staged
      for (let round = 0; round < 3; round++) {
        await stage.settled(manager.unsubscribe(lab.instruments, lab.publicChannels), 'unsubscribe() should resolve')
        await stage.settled(manager.subscribe(lab.instruments, lab.publicChannels), 'subscribe() should resolve')
      }
      record.messages.length = 0
      await heardOf(stage, record, lab.instruments)
      expectEqual(
        record.errors.map(({ code, message }) => `${code} ${message}`),
        [],
        'errors were told while streams left and came again',
      )
    },
  },
]

async function everythingSubscribed(
  lab: Lab,
  stage: Stage,
  { manager }: StagedManager,
  variant: string,
): Promise<void> {
  await stage.settled(
    manager.initialize({ symbols: lab.instruments, channels: lab.publicChannels }),
    `every public channel should be acknowledged, ${variant}`,
    answeredWithinMs,
  )
}

/** The same of an account; one that is told by the connection alone has nothing at the exchange. */
async function accountUnsubscribed(lab: Lab): Promise<void> {
  const stage = lab.stage({ levels: 8 })
  const { manager } = stage.manager(lab.accountSet())
  await stage.settled(
    manager.initialize({ symbols: lab.instruments, channels: lab.privateChannels }),
    'every channel of the account should be acknowledged',
    answeredWithinMs,
  )
  await stage.settled(manager.unsubscribe(lab.instruments, lab.privateChannels), 'unsubscribe() should resolve')
  await stage.pass(100)
  expectEqual(streamsAt(stage), [], 'after everything of the account was unsubscribed, the exchange has streams', {
    file: 'account.ts',
  })
  await stage.close()
}

/** What the open connections have at the exchange, sorted. */
function streamsAt({ venue }: Stage): readonly string[] {
  return venue.openSessions.flatMap(({ streams }) => [...streams]).sort()
}
