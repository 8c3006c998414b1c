import type { Instrument } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { isBookOf } from './book-frames.js'
import { BookScene, eachBook } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'
/** How often a fault is repeated, on one market after the other: what is lost is not always near the touch. */
const rounds = 5
/** The longest silence that nobody has noticed yet, ms: `staleAfterMs` of a manager by default, and looks at what is silent beyond it. */
const silenceMs = 100_000

/** Has one push of a book be lost, and goes on until another push or the state of the book shows it. */
async function loseOne(scene: BookScene, pair: Instrument, lose: (scene: BookScene) => () => boolean): Promise<void> {
  const isLost = lose(scene)
  await scene.moveUntil(pair, isLost, 'no push of the book came')
  const before = scene.messagesOf(pair)
  const { isLive } = scene.book(pair)
  await scene.moveUntil(
    pair,
    () => scene.messagesOf(pair) > before || scene.book(pair).isLive !== isLive,
    'after one that was lost, no push of the book came',
  )
}

/** Loses the next frame of a book on its way. */
function inTheNetwork(pair: Instrument): (scene: BookScene) => () => boolean {
  return ({ sight }) => {
    sight.meet(isBookOf(pair), () => {
      sight.heal()
      return []
    })
    return () => sight.met > 0
  }
}

/** Each kind of loss: shown by what comes next, that book alone gapped, and healed. */
async function checkLosses(
  lab: Lab,
  lose: (pair: Instrument) => (scene: BookScene) => () => boolean,
  what: string,
): Promise<void> {
  let tried = 0
  await eachBook(
    lab,
    (variant) => BookScene.open(lab, { variant, levels: 24 }),
    async (scene, withWhat) => {
      const [first] = scene.pairs
      if (first === undefined) return
      if (isUntellable(scene, first)) return
      tried += 1
      const depth = scene.knowableDepth(first)
      for (let round = 0; round < rounds; round += 1) {
        const pair = scene.pairs[round % scene.pairs.length] as Instrument
        const told = scene.record.streams.length
        await loseOne(scene, pair, lose(pair))
        scene.expectNoneFalse(`${withWhat}, after ${what} and the one that followed it`, depth)
        await scene.stage.pass(2_500)
        scene.expectNoneFalse(`${withWhat}, after ${what} and 2.5 s of silence`, depth)
        await scene.expectHealed(`${withWhat}, after ${what}`, depth)
        const others = scene.record.streams.slice(told).filter(({ symbol }) => symbol !== pair)
        expectEqual(
          others.map(({ stream, status, reason }) => `${stream.id} ${status}: ${reason}`),
          [],
          `${withWhat}, ${what} changed the state of other streams`,
        )
      }
    },
  )
  if (tried === 0) skip('Its book messages have neither ids nor checksums: nothing would show a loss.')
}

function isUntellable(scene: BookScene, pair: Instrument): boolean {
  const { data } = scene.lastMessage(pair)
  return scene.rules.source !== 'replace' && data.lastSequence === null && data.checksum === null
}

/** What books make of updates that are lost. */
export const lossChecks: readonly ConformanceCheck[] = [
  {
    id: 'book.skipped-update',
    title: 'an update that the exchange never sent shows with the next one: that book alone is gapped, and heals',
    level: 'must',
    needs: ['control.skipUpdates', 'books'],
    file: 'book-rules.ts',
    docs,
    run: (lab) =>
      checkLosses(
        lab,
        (pair) => (scene) => {
          // Whole books that are not sent leave nothing to skip over: the next one says it all.
          if (scene.rules.source === 'replace') return inTheNetwork(pair)(scene)
          scene.stage.control.skipUpdates(pair)
          let changes = 0
          return () => changes++ >= 3
        },
        'an update that was never sent',
      ),
  },
  {
    id: 'book.lost-frame',
    title: 'a frame of a book that is lost on its way shows with the next one: that book alone is gapped, and heals',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    run: (lab) => checkLosses(lab, inTheNetwork, 'a frame that was lost'),
  },
  {
    id: 'book.silence-after-a-loss',
    title: 'a book whose last update was lost is not live for ever when nothing follows',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs: 'silence.md#one-stream',
    async run(lab) {
      const scene = await BookScene.open(lab)
      const [pair] = scene.pairs
      if (pair === undefined) return
      await scene.moveUntil(pair, inTheNetwork(pair)(scene), 'no push of the book came')
      await scene.stage.pass(silenceMs)
      scene.expectNoneFalse(`${silenceMs / 1_000} s after its last update was lost`)
      await scene.expectHealed('once the market went on', scene.knowableDepth(pair))
    },
  },
]
