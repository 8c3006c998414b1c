import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { FeedTrial, feedScopes } from '../../lab/feed-trial.js'
import { told, wordsOf } from '../../lab/told-words.js'

const docs = 'writing-an-adapter.md#strategy-1-the-connection'
const closes = [1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 4000] as const
const page = '<!doctype html><html><head><title>Attention</title></head><body>Checking your browser</body></html>'
const refusals = [
  { status: 401, body: '{"message":"unauthorized"}' },
  { status: 403, body: page, headers: { 'content-type': 'text/html' } },
  { status: 404, body: '' },
  { status: 429, body: '{"message":"slow down"}', headers: { 'retry-after': '40' } },
  { status: 500, body: page },
  { status: 503, body: '' },
] as const

/** What a connection does when it cannot be made, or ends. */
export const connectionOutageChecks: readonly ConformanceCheck[] = [
  {
    id: 'connection.ends',
    title: 'after every kind of end a new connection follows, and every stream is live again',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const stage = lab.stage({ levels: 8 })
        const trial = await new FeedTrial(lab, stage, { scope, instruments: lab.instruments.slice(0, 2) }).start()
        for (const code of closes) {
          const seen = stage.network.connectionsSeen
          if (code === 1006) stage.network.faults.cut()
          else if (code === 1005) stage.network.faults.close()
          else stage.network.faults.close(code, 'of a check')
          await stage.until(
            () => stage.network.connectionsSeen > seen,
            `a connection of the ${scope} channels that ended with ${code} should be followed by another`,
          )
          await trial.untilLive()
        }
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'connection.refused-handshakes',
    title: 'while handshakes are refused, with whatever status and page, attempts go on, and the feed comes back',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const refusal of refusals) {
          const stage = lab.stage({ levels: 8 })
          const trial = await new FeedTrial(lab, stage, { scope, instruments: lab.instruments.slice(0, 1) }).start()
          stage.network.faults.refuseHandshakes(refusal)
          stage.network.faults.cut()
          await stage.pass(10 * 60_000)
          stage.network.faults.refuseHandshakes(null)
          const states = trial.record.connections.map(({ state }) => state)
          expectTrue(
            states.at(-1) !== 'closed' && states.at(-1) !== 'closing',
            `a connection of the ${scope} channels is given up where handshakes are answered with ${refusal.status}`,
            { expected: 'it is tried again', got: states.at(-1) },
          )
          await trial.untilLive()
          await trial.closeWhole()
        }
      }
    },
  },
  {
    id: 'connection.retry-after',
    title: 'a handshake that is refused with Retry-After is not tried again before',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage, { instruments: lab.instruments.slice(0, 1) }).start()
      const seen = stage.network.connectionsSeen
      stage.network.faults.refuseHandshakes({ status: 429, body: '', headers: { 'retry-after': '40' } })
      stage.network.faults.cut()
      await stage.until(() => stage.network.connectionsSeen > seen, 'a new connection should be tried')
      const tried = stage.network.connectionsSeen
      await stage.pass(38_000)
      expectEqual(stage.network.connectionsSeen, tried, 'attempts were made within the time of Retry-After')
      stage.network.faults.refuseHandshakes(null)
      await trial.untilLive()
      await trial.closeWhole()
    },
  },
  {
    id: 'connection.failed-start',
    title: 'a first attempt that fails rejects with an error that says how, and leaves nothing',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs: 'connections.md#the-first-attempt',
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const how of ['refused', 'unknown-host', 'no-answer', 'handshake'] as const) {
          const stage = lab.stage({ levels: 8 })
          if (how === 'handshake') stage.network.faults.refuseHandshakes(503)
          else stage.network.faults.unreachable(how)
          const trial = new FeedTrial(lab, stage, { scope })
          const error = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
          const code = (error as { readonly code?: unknown } | null)?.code
          expectTrue(
            typeof code === 'string' && code !== 'ERR_INVALID_STRATEGY',
            `initialize() of the ${scope} channels does not say that the exchange cannot be reached (${how})`,
            { got: error ?? 'it resolved' },
          )
          stage.network.faults.unreachable(null)
          await trial.expectNothingLeft()
        }
      }
    },
  },
  {
    id: 'connection.address-not-told',
    title: 'what stands in the address beside host and path is in no error and in no line of the log',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      const secrets = ['user-of-a-check', 'password-of-a-check', 'token-of-a-check']
      const [user, password, token] = secrets
      const url = `wss://${user}:${password}@stream.gateway.example/ws?token=${token}`
      for (const fault of ['none', 'refused', 'handshake', 'cut'] as const) {
        const stage = lab.stage({ levels: 8 })
        const trial = new FeedTrial(lab, stage, { endpoints: { url }, instruments: lab.instruments.slice(0, 1) })
        if (fault === 'refused') stage.network.faults.unreachable('refused')
        if (fault === 'handshake') stage.network.faults.refuseHandshakes({ status: 403, body: url })
        const thrown = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
        if (fault === 'cut') {
          stage.network.faults.refuseHandshakes({ status: 403, body: url })
          stage.network.faults.cut()
          await stage.pass(60_000)
        }
        const words = `${wordsOf(thrown)}\n${told(trial)}`
        for (const secret of secrets) {
          if (!words.includes(secret)) continue
          const line = words.split('\n').find((each) => each.includes(secret))
          fail('a part of the address that may be secret is told', { expected: 'host and path alone', got: line })
        }
      }
    },
  },
  {
    id: 'connection.gives-back',
    title: 'what the exchange holds for a connection is given back when it closes, and after a start that failed',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'writing-an-adapter.md#the-rest-is-optional',
    async run(lab) {
      for (const isRefused of [false, true]) {
        const stage = lab.stage({ levels: 8 })
        if (stage.control.listenKeys === undefined) skip('The account is opened by no listen key.')
        if (isRefused) stage.network.faults.refuseHandshakes(503)
        const trial = new FeedTrial(lab, stage, { scope: 'private' })
        await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
        await trial.closeWhole()
        const when = isRefused ? 'after a start that failed' : 'after close()'
        expectEqual(stage.control.listenKeys, [], `listen keys live ${when}`)
      }
    },
  },
]
