import { createHmac } from 'node:crypto'
import type { SigningFunction } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { expectCode, FeedTrial } from '../../lab/feed-trial.js'
import type { Lab } from '../../lab/lab.js'

const docs = 'writing-an-adapter.md#strategy-2-the-subscription'
const minute = 60_000
/** Hashes that core's signers know. */
const digests = ['sha256', 'sha512'] as const

/** That who we are is said so that the exchange believes it, and what becomes of a key that it does not believe. */
export const acceptedChecks: readonly ConformanceCheck[] = [
  {
    id: 'authentication.wrong-key',
    title: 'a key that the exchange does not know has the start rejected as such, and leaves nothing',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    run: (lab) => refused(lab, 'apiKey'),
  },
  {
    id: 'authentication.wrong-secret',
    title: 'a secret that is not the key’s has the start rejected as such, and leaves nothing',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    run: (lab) => refused(lab, 'apiSecret'),
  },
  {
    id: 'authentication.not-for-ever',
    title: 'a key that was taken back is told, and not tried for ever',
    level: 'must',
    needs: ['account', 'control.revokeApiKey'],
    file: 'account.ts',
    docs: 'errors.md#err_authentication_failed',
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage, { scope: 'private' }).start()
      stage.control.revokeApiKey()
      stage.network.faults.cut()
      await stage.until(
        () =>
          trial.record.errors.some(
            ({ code }) => code === 'ERR_AUTHENTICATION_FAILED' || code === 'ERR_RECONNECT_EXHAUSTED',
          ),
        'a key that was taken back should be told as ERR_AUTHENTICATION_FAILED',
        10 * minute,
      )
      await stage.pass(10 * minute)
      const before = signedTries(trial)
      await stage.pass(60 * minute)
      expectTrue(signedTries(trial) - before <= 2, 'a key that was taken back is tried again and again', {
        expected: 'no attempts once it was refused three times in a row',
        got: `${signedTries(trial) - before} attempts in an hour`,
      })
      await trial.closeWhole()
    },
  },
  {
    id: 'authentication.clock-of-the-exchange',
    title: 'where the clocks of exchange and machine differ by five minutes, either way, that is put right',
    level: 'must',
    needs: ['account', 'control.skewClock'],
    file: 'account.ts',
    docs: 'errors.md#err_clock_skew',
    async run(lab) {
      for (const skewMs of [5 * minute, -5 * minute]) {
        const stage = lab.stage({ levels: 8 })
        stage.control.skewClock(skewMs)
        const trial = await new FeedTrial(lab, stage, { scope: 'private' }).start()
        await trial.untilLive()
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'authentication.clock-goes-astray',
    title: 'a clock of this machine that goes astray while a feed lives is put right with the next connection',
    level: 'must',
    needs: ['account', 'venue'],
    file: 'account.ts',
    docs: 'errors.md#err_clock_skew',
    async run(lab) {
      for (const skewMs of [3 * minute, -3 * minute]) {
        const stage = lab.stage({ levels: 8 })
        const trial = await new FeedTrial(lab, stage, { scope: 'private' }).start()
        stage.clock.skew(skewMs)
        stage.network.faults.cut()
        await stage.pass(1_000)
        await trial.untilLive()
        await trial.closeWhole()
      }
    },
  },
  {
    id: 'authentication.lasts',
    title: 'an account feed tells of the account after two hours, whatever had to be renewed',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs: 'writing-an-adapter.md#the-rest-is-optional',
    async run(lab) {
      const stage = lab.stage({ levels: 8 })
      const trial = await new FeedTrial(lab, stage, { scope: 'private' }).start()
      stage.emulated.account?.stop()
      await stage.pass(120 * minute)
      const heard = trial.record.messages.length
      await trial.moving(() => stage.pass(5_000))
      expectTrue(trial.record.messages.length > heard, 'the account is silent after two hours')
      expectEqual(trial.record.errors, [], 'errors were reported in two hours in which nothing went wrong')
      // What has to be renewed is renewed before it ends: a feed that comes back afterwards has missed something.
      expectEqual(trial.record.gaps, [], 'gaps were told in two hours in which nothing went wrong')
      await trial.closeWhole()
    },
  },
  {
    id: 'authentication.signing-function',
    title: 'a signing function, whether it returns or promises, is asked instead of a secret',
    level: 'must',
    needs: ['account'],
    file: 'account.ts',
    docs,
    async run(lab) {
      const { apiKey, apiSecret } = credentialsOf(lab)
      for (const isLate of [false, true]) {
        let asked = 0
        let isAccepted = false
        for (const digest of digests) {
          const stage = lab.stage({ levels: 8 })
          const sign: SigningFunction = (text) => {
            asked += 1
            const signature = createHmac(digest, apiSecret).update(text).digest('hex')
            return isLate ? Promise.resolve(signature) : signature
          }
          const trial = new FeedTrial(lab, stage, { scope: 'private', credentials: { apiKey, sign } })
          const thrown = await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle')
          if (thrown === null) {
            isAccepted = true
            await trial.untilLive()
          }
          await trial.closeWhole()
        }
        expectTrue(asked > 0, 'the signing function is never asked')
        if (!isAccepted)
          skip('The exchange has other signatures than HMAC with SHA-256 or SHA-512 in hexadecimal digits.')
      }
    },
  },
]

function credentialsOf({ emulation, definition }: Lab): { readonly apiKey: string; readonly apiSecret: string } {
  return emulation?.credentials ?? skip(`${definition.name} has no account here.`)
}

async function refused(lab: Lab, wrong: 'apiKey' | 'apiSecret'): Promise<void> {
  const right = credentialsOf(lab)
  const stage = lab.stage({ levels: 8 })
  const credentials = { ...right, [wrong]: [...right[wrong]].reverse().join('') }
  const trial = new FeedTrial(lab, stage, { scope: 'private', credentials })
  expectCode(
    await trial.rejection(trial.manager.initialize(trial.request), 'initialize() should settle'),
    ['ERR_AUTHENTICATION_FAILED', 'ERR_INVALID_CREDENTIALS'],
    `initialize() with a wrong ${wrong} should reject with ERR_AUTHENTICATION_FAILED`,
  )
  await trial.closeWhole()
}

/** Connections, and requests over REST that were refused: what an attempt costs the exchange. */
function signedTries({ stage }: FeedTrial): number {
  return stage.network.connectionsSeen + stage.venue.requests.filter(({ status }) => status >= 400).length
}
