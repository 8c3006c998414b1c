import { type ErrorCode, errorCodes, StreamError } from '@tapewire/core'
import type { ConnectionContext, ConnectionStrategy } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { CheckFailure, expectEqual, expectTrue } from '../../check-failure.js'
import { type FeedScope, feedScopes } from '../../lab/feed-trial.js'
import type { Lab } from '../../lab/lab.js'

const docs = 'writing-an-adapter.md#strategy-1-the-connection'
const day = 24 * 60 * 60_000
const codes = Object.keys(errorCodes) as readonly ErrorCode[]
/** What no further attempt can mend. */
const final: readonly ErrorCode[] = ['ERR_INVALID_CREDENTIALS']
/** What may be over with the next attempt, whoever connects. */
const passing: readonly ErrorCode[] = [
  'ERR_CONNECTION_REFUSED',
  'ERR_CONNECTION_TIMEOUT',
  'ERR_CONNECTION_SILENT',
  'ERR_CONNECTION_CLOSED',
  'ERR_HOST_NOT_FOUND',
  'ERR_HANDSHAKE_REJECTED',
  'ERR_PROTOCOL_VIOLATION',
  'ERR_MALFORMED_FRAME',
  'ERR_RATE_LIMITED',
  'ERR_REST_FAILED',
  'ERR_EXCHANGE_ERROR',
  'ERR_ACKNOWLEDGEMENT_TIMEOUT',
]
const closeCodes = [...range(1000, 1015), 3000, 3999, ...range(4000, 4020), 4100, 4401, 4403, 4429, 4999, 0, 65_535]
const kinds: ReadonlySet<unknown> = new Set([
  ...['closed-without-code', 'closed', 'abrupt', 'refused', 'host-not-found', 'timeout', 'authentication'],
  ...[
    'clock-skew',
    'signing',
    'not-permitted',
    'expired',
    'rate-limited',
    'upgrade',
    'corrupt',
    'rejected',
    'strategy',
    null,
  ],
])

/** What a connection strategy says when it is asked. */
export const connectionStrategyChecks: readonly ConformanceCheck[] = [
  {
    id: 'connection.context-shape',
    title: '`context()` says all that it has to, in values that can be used, for either of two connections',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        const { connectionStrategy } = strategiesOf(lab, scope)
        for (const lane of [undefined, 0, 1]) {
          const stage = lab.stage()
          const asked = connectionStrategy.context(stage.env(), lane)
          const context = await stage.settled(asked, 'context() should resolve')
          for (const { field, isRight, expected } of rulesOfContext) {
            const got = context[field]
            expectTrue(isRight(got), `${field} of context() of the ${scope} strategies cannot be used`, {
              expected,
              got,
            })
          }
        }
      }
    },
  },
  {
    id: 'connection.policy',
    title: 'the reconnection policy is one that brings connections back, and not a flood of attempts',
    level: 'should',
    needs: [],
    file: 'connection.ts',
    docs,
    run(lab) {
      for (const scope of feedScopes(lab)) {
        const { maxAttempts, initialDelayMs, backoffFactor, maxDelayMs } = strategiesOf(lab, scope).connectionStrategy
          .reconnectionPolicy
        const rules: readonly (readonly [string, unknown, boolean])[] = [
          ['maxAttempts: 1 or more', maxAttempts, maxAttempts >= 1],
          ['initialDelayMs: 50 to 60,000', initialDelayMs, initialDelayMs >= 50 && initialDelayMs <= 60_000],
          ['backoffFactor: above 1, 10 at most', backoffFactor, backoffFactor > 1 && backoffFactor <= 10],
          ['maxDelayMs: initialDelayMs to 600,000', maxDelayMs, maxDelayMs >= initialDelayMs && maxDelayMs <= 600_000],
        ]
        for (const [expected, got, isRight] of rules)
          expectTrue(isRight, `the reconnection policy of the ${scope} strategies is not sane`, { expected, got })
      }
    },
  },
  {
    id: 'connection.tries-again',
    title: '`shouldReconnect()` is true of whatever may pass',
    level: 'must',
    needs: [],
    file: 'connection.ts',
    docs,
    run: (lab) => judges(lab, passing, true),
  },
  {
    id: 'connection.gives-up',
    title: '`shouldReconnect()` is false of credentials that cannot be used',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    run: (lab) => judges(lab, final, false),
  },
  {
    id: 'connection.judges-everything',
    title: '`shouldReconnect()` and `classify()` know what to say of every error and of every close',
    level: 'must',
    needs: [],
    file: 'connection.ts',
    docs: 'writing-an-adapter.md#the-rest-is-optional',
    run(lab) {
      for (const scope of feedScopes(lab)) {
        const { connectionStrategy } = strategiesOf(lab, scope)
        const errors = codes.flatMap((code) => [
          new StreamError(code, 'Of a check.'),
          new StreamError(code, '', { cause: new Error('something else') }),
        ])
        for (const error of errors) {
          const verdict = asked(() => connectionStrategy.shouldReconnect(error), `shouldReconnect() of ${error.code}`)
          expectTrue(typeof verdict === 'boolean', `shouldReconnect() says neither yes nor no of ${error.code}`, {
            got: verdict,
          })
          expectKind(connectionStrategy, error, error.code)
        }
        for (const code of closeCodes) {
          for (const reason of ['', 'service upgrade', '\u0000', 'é'.repeat(60)])
            expectKind(connectionStrategy, { code, reason, error: null }, `close ${code}`)
        }
      }
    },
  },
  {
    id: 'connection.abort-of-connect',
    title: '`connect()` whose signal is aborted rejects with its reason, and leaves no connection',
    level: 'must',
    needs: ['venue'],
    file: 'connection.ts',
    docs,
    async run(lab) {
      for (const scope of feedScopes(lab)) {
        for (const hold of ['unreachable', 'frozen'] as const) {
          const stage = lab.stage()
          const { connectionStrategy } = strategiesOf(lab, scope)
          const context = await stage.settled(connectionStrategy.context(stage.env()), 'context() should resolve')
          if (hold === 'unreachable') stage.network.faults.unreachable('no-answer')
          else stage.network.faults.freeze()
          const abort = new AbortController()
          const reason = new StreamError('ERR_ABORTED', 'Not wanted any more.')
          const connecting = connectionStrategy.connect(context, stage.env(abort.signal)).then(
            () => null,
            (thrown: unknown) => thrown,
          )
          await stage.pass(500)
          abort.abort(reason)
          const thrown = await stage.settled(connecting, 'connect() should settle once its signal is aborted', 1_000)
          expectTrue(thrown === reason, 'connect() should reject with the reason of its signal', {
            expected: reason,
            got: thrown ?? 'it resolved',
          })
          stage.network.faults.unreachable(null)
          stage.network.faults.resume()
          await stage.pass(15_000)
          expectEqual(stage.network.connections.length, 0, 'connect() left a connection behind that nobody wants')
        }
      }
    },
  },
]

interface ContextRule {
  readonly field: keyof ConnectionContext
  readonly expected: string
  isRight(value: unknown): boolean
}

const rulesOfContext: readonly ContextRule[] = [
  {
    field: 'url',
    expected: 'wss://…, or ws:// on loopback, without a fragment',
    isRight: (url) => typeof url === 'string' && /^(wss:\/\/|ws:\/\/(localhost|127\.|\[::1\]))[^#]*$/.test(url),
  },
  {
    field: 'headers',
    expected: 'an object of texts',
    isRight: (value) => isObject(value) && Object.values(value as object).every((header) => typeof header === 'string'),
  },
  { field: 'authRequired', expected: 'true or false', isRight: (value) => typeof value === 'boolean' },
  { field: 'authParams', expected: 'an object, or null', isRight: (value) => value === null || isObject(value) },
  { field: 'pingIntervalMs', expected: '0, or 100 to a day', isRight: (value) => value === 0 || isTime(value, 100) },
  { field: 'pingTimeoutMs', expected: '100 to a day', isRight: (value) => isTime(value, 100) },
  {
    field: 'pingMessage',
    expected: 'text that is not empty, or null',
    isRight: (value) => value === null || (typeof value === 'string' && value !== ''),
  },
  {
    field: 'maxReconnectAttempts',
    expected: '0 or more, or null',
    isRight: (value) => value === null || (Number.isInteger(value) && Number(value) >= 0),
  },
  { field: 'reconnectDelayMs', expected: '0 or more, or null', isRight: (value) => value === null || isTime(value, 0) },
]

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isTime(value: unknown, least: number): boolean {
  return typeof value === 'number' && value >= least && value <= day
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_none, place) => from + place)
}

function strategiesOf(lab: Lab, scope: FeedScope): ReturnType<Lab['publicSet']> {
  return scope === 'public' ? lab.publicSet() : lab.accountSet()
}

function judges(lab: Lab, judged: readonly ErrorCode[], expected: boolean): void {
  for (const scope of feedScopes(lab)) {
    const { connectionStrategy } = strategiesOf(lab, scope)
    for (const code of judged) {
      const got = connectionStrategy.shouldReconnect(new StreamError(code, 'Of a check.'))
      expectEqual(got, expected, `shouldReconnect() of the ${scope} strategies is wrong about ${code}`)
    }
  }
}

function expectKind(
  strategy: ConnectionStrategy,
  end: Parameters<NonNullable<ConnectionStrategy['classify']>>[0],
  what: string,
): void {
  if (strategy.classify === undefined) return
  const kind = asked(() => strategy.classify?.(end), `classify() of ${what}`)
  expectTrue(kinds.has(kind), `classify() says something unknown of ${what}`, {
    expected: 'a kind, or null',
    got: kind,
  })
}

function asked<Result>(call: () => Result, what: string): Result {
  try {
    return call()
  } catch (thrown) {
    throw new CheckFailure(`${what} throws`, { got: thrown })
  }
}
