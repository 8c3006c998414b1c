import { MessageType, WebSocketStrategySet } from '@tapewire/core'
import type { OutboundMessage, SubscriptionAction } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { type FeedScope, FeedTrial, feedScopes } from '../../lab/feed-trial.js'
import type { Lab } from '../../lab/lab.js'
import { readAll } from '../../lab/reading.js'

const docs = 'writing-an-adapter.md#answers-settle-streams'

/** That answers which nobody waits for do no harm, and that no answer can be taken for another's. */
export const oddAnswerChecks: readonly ConformanceCheck[] = [
  {
    id: 'acknowledgement.twice',
    title: 'an answer that comes twice does no harm',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = new FeedTrial(lab, stage)
      const parser = trial.parser()
      stage.network.faults.rewrite((data) => {
        const frame = typeof data === 'string' ? data : Buffer.from(data)
        return parser.peek(frameOf(frame, stage.clock.now())) === 'control' ? [data, data] : [data]
      })
      await trial.start()
      await trial.untilLive()
      await expectUnharmed(trial, 'an answer that came twice')
    },
  },
  {
    id: 'acknowledgement.of-another',
    title: 'an answer to a request of another connection does no harm',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const elsewhere = lab.stage({ levels: 8 })
      const other = await new FeedTrial(lab, elsewhere, { channels: lab.publicChannels.slice(0, 1) }).start()
      // Their answers have ids that the feed under test has not reached.
      for (let round = 0; round < 30; round += 1) {
        for (const change of [other.manager.unsubscribe(lab.instruments), other.manager.subscribe(lab.instruments)])
          expectEqual(await other.rejection(change, 'a change should settle'), null, 'a change of streams rejects')
      }
      const [session] = elsewhere.venue.sessions
      const answers = readAll(other.parser(), session?.frames ?? []).flatMap(({ frame, messages }) =>
        messages.flatMap((message) =>
          message.type === MessageType.SubscriptionConfirm && message.data.requestId !== null
            ? [{ frame, requestId: message.data.requestId }]
            : [],
        ),
      )
      const last = answers.at(-1)
      if (last === undefined) skip('The exchange echoes no id, so that its answers cannot be told apart.')
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage).start()
      await trial.untilLive()
      let isInjected = false
      stage.network.faults.rewrite((data) => {
        if (isInjected) return [data]
        isInjected = true
        return [last.frame.content, data]
      })
      await trial.moving(() => stage.until(() => isInjected, 'the exchange should send something'))
      await expectUnharmed(trial, `the answer to request ${last.requestId} of another connection`, last.frame.content)
    },
  },
  {
    id: 'acknowledgement.ids-are-unique',
    title: 'no two requests of a manager have one id, over all its connections and reconnects',
    level: 'must',
    needs: ['venue'],
    file: 'subscription.ts',
    docs: 'writing-an-adapter.md#strategy-2-the-subscription',
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        const sent: OutboundMessage[] = []
        const manager = { config: { redundancy: 2 } } as const
        const trial = new FeedTrial(lab, stage, { scope, manager, strategies: listenedTo(lab, scope, sent) })
        await trial.start()
        await trial.untilLive()
        stage.network.faults.cut()
        await stage.pass(1_000)
        await trial.untilLive()
        const ids = sent.map(({ requestId }) => requestId).filter((id) => id !== null)
        if (ids.length === 0) skip('The exchange echoes no ids.')
        expectEqual(ids, [...new Set(ids)], `requests of the ${scope} channels share an id`)
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'acknowledgement.subscribed-already',
    title: 'that a stream is subscribed already is understood: it goes on, and nobody is told of a refusal',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    run: (lab) => byHand(lab, 'subscribe'),
  },
  {
    id: 'acknowledgement.not-subscribed',
    title: 'that a stream was not subscribed is understood where it is to be ended',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs,
    run: (lab) => byHand(lab, 'unsubscribe'),
  },
]

/** Asks by hand for what is there already, or ends what is not. */
async function byHand(lab: Lab, action: SubscriptionAction): Promise<void> {
  const stage = lab.stage({ levels: 8 })
  const [there, away] = lab.instruments
  if (there === undefined || away === undefined) return
  const trial = await new FeedTrial(lab, stage, { instruments: [there] }).start()
  await trial.untilLive()
  const about = new FeedTrial(lab, stage, { instruments: [action === 'subscribe' ? there : away] })
  for (const { payload } of await about.requests(action)) {
    if (typeof payload !== 'string') skip('Requests of this exchange are not text, and cannot be sent by hand.')
    await trial.rejection(trial.manager.sendMessage(payload), 'sendMessage() should settle')
  }
  await stage.pass(5_000)
  await expectUnharmed(trial, `a request to ${action} that changes nothing`)
}

/** Fails where anything was ended, refused or reported. */
async function expectUnharmed(trial: FeedTrial, by: string, frame?: string | Uint8Array): Promise<void> {
  const { stage, manager, record } = trial
  await trial.moving(() => stage.pass(3_000))
  const details = frame === undefined ? {} : { frame }
  const odd = record.messages.find(({ type }) => type === MessageType.Unknown || type === MessageType.Error)
  expectTrue(odd === undefined, `${by} was read as something odd`, { ...details, got: odd })
  expectEqual(manager.refused, [], `${by} had streams refused`, details)
  expectEqual(record.errors, [], `${by} was reported as an error`, details)
  expectEqual(trial.notLive, [], `${by} had streams lose what they had`, details)
  if (record.connections.some(({ state }) => state === 'reconnecting')) fail(`${by} cost a connection`, details)
  await trial.closeWhole()
}

/** New strategies, whose requests are noted down. */
function listenedTo(lab: Lab, scope: FeedScope, sent: OutboundMessage[]): WebSocketStrategySet {
  const set = scope === 'public' ? lab.publicSet() : lab.accountSet()
  const { subscriptionStrategy: own } = set
  return new WebSocketStrategySet({
    ...set,
    subscriptionStrategy: {
      plan: (request) => own.plan(request),
      createSubscriptionMessages: async (action, streams, context) => {
        const messages = await own.createSubscriptionMessages(action, streams, context)
        sent.push(...messages)
        return messages
      },
      ...(own.measureTime === undefined ? {} : { measureTime: async (env) => own.measureTime?.(env) }),
    },
  })
}
