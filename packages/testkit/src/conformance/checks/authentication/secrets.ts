import type { SigningFunction } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectTrue, fail, skip } from '../../check-failure.js'
import { expectCode, FeedTrial } from '../../lab/feed-trial.js'
import type { Lab } from '../../lab/lab.js'
import { seenSecrets } from '../../lab/seen-secrets.js'
import { told, wordsOf } from '../../lab/told-words.js'

const docs = 'writing-an-adapter.md#strategy-2-the-subscription'
const failure = 'the vault of a check is sealed'
const nonsense = 'no-signature-of-a-check'

const failing: readonly (readonly [string, SigningFunction])[] = [
  ['rejects', () => Promise.reject(new Error(failure))],
  [
    'throws',
    () => {
      throw new TypeError(failure)
    },
  ],
  ['returns no signature', () => nonsense],
  ['returns nothing', () => undefined as unknown as string],
]

/** That signing may fail, and that nothing secret is ever told. */
export const secretChecks: readonly ConformanceCheck[] = [
  {
    id: 'authentication.signing-fails',
    title: 'a signing function that fails has the start rejected as such, and what is no signature is never sent',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      for (const [how, sign] of failing) {
        const stage = lab.stage({ levels: 8 })
        const trial = new FeedTrial(lab, stage, { scope: 'private', credentials: { apiKey: keyOf(lab), sign } })
        expectCode(
          await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle'),
          ['ERR_SIGNING_FAILED'],
          `initialize() with a signing function that ${how} should reject with ERR_SIGNING_FAILED`,
        )
        const { requests, sessions } = stage.venue
        const sent = [
          ...requests.flatMap(({ url, headers, body }) => [url.href, ...Object.values(headers), body]),
          ...sessions.flatMap(({ request, frames }) => [
            request.url.href,
            ...frames.map(({ content }) => String(content)),
          ]),
        ]
        expectTrue(!sent.some((each) => each.includes(nonsense)), 'what is no signature was sent')
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'authentication.signing-hangs',
    title: 'a signing function that never answers has the start rejected in time, and leaves nothing',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const sign: SigningFunction = () => new Promise(() => {})
      const trial = new FeedTrial(lab, stage, { scope: 'private', credentials: { apiKey: keyOf(lab), sign } })
      const thrown = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
      expectTrue(thrown !== null, 'initialize() resolves though nothing was signed')
      await trial.closeWhole()
    },
  },
  {
    id: 'authentication.no-secret-told',
    title: 'no secret is in any error, event or line of the log, nor in the manager when it is looked at',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage, { scope: 'private' }).start()
      await trial.untilLive()
      stage.network.faults.cut()
      await stage.pass(2_000)
      await trial.untilLive()
      stage.network.faults.refuseRequests({ status: 500, body: 'of a check' })
      stage.network.faults.refuseHandshakes(403)
      stage.network.faults.cut()
      await stage.pass(60_000)
      const thrown = await trial.rejection(trial.manager.close(), 'close() should resolve')
      expectNoSecret(lab, trial, thrown)
    },
  },
  {
    id: 'authentication.no-secret-in-refusals',
    title: 'no secret is told where the exchange repeats in a refusal what was sent to it',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      for (const status of [200, 400, 401, 403, 429, 502]) {
        const stage = lab.stage({ levels: 8 })
        stage.venue.interceptRequest = ({ url, headers, body }) => ({
          status,
          body: `<p>${url.href} ${Object.values(headers).join(' ')} ${body}</p>`,
        })
        const trial = new FeedTrial(lab, stage, { scope: 'private' })
        const thrown = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
        expectNoSecret(lab, trial, thrown)
      }
    },
  },
  {
    id: 'authentication.refused-unseen',
    title: 'credentials that cannot be used are refused by name, and never shown',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'errors.md#err_invalid_credentials',
    run(lab) {
      const secret = 'secret of a check'
      const key = keyOf(lab)
      for (const [which, credentials] of [
        ['apiSecret', { apiKey: key, apiSecret: secret }],
        ['apiKey', { apiKey: secret, apiSecret: key }],
        ['apiSecret', { apiKey: key, apiSecret: '' }],
        ['sign', { apiKey: key, sign: secret as unknown as SigningFunction }],
      ] as const) {
        const thrown = thrownBy(() => lab.definition.private?.(credentials))
        expectCode(thrown, ['ERR_INVALID_CREDENTIALS'], `private() takes a wrong ${which}`)
        const words = wordsOf(thrown)
        expectTrue(words.includes(which), `the error does not say that ${which} is wrong`, { got: thrown })
        expectTrue(!words.includes(secret), 'the error shows what was given')
      }
    },
  },
]

function keyOf({ emulation, definition }: Lab): string {
  return emulation?.credentials?.apiKey ?? skip(`${definition.name} has no account here.`)
}

/** Fails where anything that a feed said holds a secret of the account or of the wire. */
function expectNoSecret({ emulation }: Lab, trial: FeedTrial, thrown: unknown): void {
  const { apiKey = '', apiSecret = '' } = emulation?.credentials ?? {}
  const words = `${wordsOf(thrown)}\n${told(trial)}`
  for (const [what, secret] of [
    ['the key', apiKey],
    ['the secret', apiSecret],
    ...seenSecrets(trial.stage.venue),
  ] as const) {
    if (secret === '' || !words.includes(secret)) continue
    const line = words.split('\n').find((each) => each.includes(secret)) ?? ''
    fail(`${what} is told`, { expected: 'no word of it', got: line.replaceAll(secret, '[the secret]') })
  }
}

function thrownBy(call: () => unknown): unknown {
  try {
    call()
    return null
  } catch (thrown) {
    return thrown
  }
}
