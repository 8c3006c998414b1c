import type { ConformanceCheck, Need } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { AccountScene } from './account-scene.js'

const silenceDocs = 'silence.md#accounts-that-fall-silent'
const reconnection = 'connections.md#reconnection'
/** How long an account that tells nothing any more may go unnoticed, ms. */
const noticeMs = 60_000

/** What can happen to the connection of an account. */
interface Loss {
  readonly id: `account.${string}`
  readonly title: string
  /** As the end of a sentence that begins with "after". */
  readonly what: string
  readonly needs?: readonly Need[]
  readonly file?: string
  readonly docs?: string
  befall(scene: AccountScene): void | Promise<void>
}

const losses: readonly Loss[] = [
  {
    id: 'account.cut',
    title: 'an account whose connection is cut is back, each execution told once or as missing',
    what: 'a cut',
    befall: ({ stage }) => stage.network.faults.cut(),
  },
  {
    id: 'account.closed',
    title: 'an account whose connection the exchange closes is back',
    what: 'a close frame with 1000',
    befall: ({ stage }) => stage.network.faults.close(1000),
  },
  {
    id: 'account.half-open',
    title: 'an account whose connection is dead without a word is back',
    what: 'a half-open connection',
    befall: ({ stage }) => stage.network.faults.halfOpen(),
  },
  {
    id: 'account.away',
    title: 'an account that cannot be reached for a while is back once it can',
    what: 'an exchange that could not be reached',
    async befall(scene) {
      const { faults } = scene.stage.network
      faults.unreachable('refused')
      faults.cut()
      await scene.live(20, 500)
      faults.unreachable(null)
    },
  },
  {
    id: 'account.rest-away',
    title: 'an account that is cut while REST does not answer is back once it does',
    what: 'a cut while REST did not answer',
    async befall(scene) {
      const { faults } = scene.stage.network
      faults.ignoreRequests()
      faults.cut()
      await scene.live(20, 500)
      faults.ignoreRequests(false)
    },
  },
  {
    id: 'account.key-expired',
    title: 'a listen key that ends in silence is noticed, told as a gap, and replaced',
    what: 'a listen key that ended in silence',
    needs: ['control.expireListenKeys'],
    file: 'account.ts',
    docs: silenceDocs,
    befall: ({ stage }) => stage.control.expireListenKeys?.(),
  },
  {
    id: 'account.key-given-back',
    title: 'a listen key that somebody gave back is replaced',
    what: 'a listen key that somebody gave back',
    needs: ['control.revokeListenKeys'],
    file: 'account.ts',
    docs: silenceDocs,
    befall: ({ stage }) => stage.control.revokeListenKeys?.(),
  },
]

/** Waits until it was noticed that the account tells nothing any more; false where nobody did in time. */
async function isNoticed(scene: AccountScene, told: number): Promise<boolean> {
  const end = scene.stage.clock.now() + noticeMs
  while (scene.stage.clock.now() < end) {
    if (scene.record.streams.slice(told).some(({ status }) => status === 'gapped')) return true
    await scene.live(1, 500)
  }
  return false
}

async function checkLoss(scene: AccountScene, { what, befall }: Loss): Promise<void> {
  await scene.live(10)
  await scene.rest()
  const told = scene.record.streams.length
  await befall(scene)
  expectTrue(await isNoticed(scene, told), `after ${what}, the loss should be noticed within ${noticeMs / 1_000} s`, {
    expected: 'streams that are gapped',
    got: scene.states,
  })
  await scene.expectWell(what)
  await scene.live(10)
  // What was missed is fetched a moment later, where it can be.
  await scene.stage.pass(10_000)
  await scene.rest()
  scene.expectFillsTold(what)
  const lost = scene.record.streams.slice(told).filter(({ status }) => status === 'gapped')
  const gaps = new Set(scene.record.gaps.map(({ stream }) => stream.id))
  const untold = lost.filter(({ stream }) => !gaps.has(stream.id))
  expectEqual(
    untold.map(({ stream }) => stream.id),
    [],
    `after ${what}, no gap was told of streams that were gapped`,
  )
  await scene.expectBack(what)
}

/** What becomes of an account whose connection is lost, or tells nothing any more. */
export const accountLossChecks: readonly ConformanceCheck[] = [
  ...losses.map(
    (loss): ConformanceCheck => ({
      id: loss.id,
      title: loss.title,
      level: 'must',
      needs: ['account', ...(loss.needs ?? [])],
      file: loss.file ?? 'connection.ts',
      docs: loss.docs ?? reconnection,
      async run(lab) {
        await checkLoss(await AccountScene.open(lab), loss)
      },
    }),
  ),
  {
    id: 'account.muted',
    title: 'streams of an account that fall silent in an open socket are noticed by what REST says, and told as a gap',
    level: 'must',
    needs: ['account', 'executions'],
    file: 'account.ts',
    docs: silenceDocs,
    async run(lab) {
      const scene = await AccountScene.open(lab)
      if (scene.set.connectionStrategy.accountLook === undefined)
        skip('It does not look at executions over REST: nothing else would show that its streams fell silent.')
      await checkLoss(scene, {
        id: 'account.muted',
        title: '',
        what: 'streams that fell silent',
        befall: ({ stage }) => stage.control.muteAccount(),
      })
    },
  },
]
