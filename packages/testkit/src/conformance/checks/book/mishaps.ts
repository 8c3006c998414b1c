import type { Instrument } from '@tapewire/core'
import type { OutgoingData } from '../../../venue/venue.js'
import type { ConformanceCheck } from '../../check.js'
import { skip } from '../../check-failure.js'
import type { FrameSight } from '../../lab/frame-sight.js'
import type { Lab } from '../../lab/lab.js'
import { isBookOf } from './book-frames.js'
import { BookScene, eachBook } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'

/** What a book is, and what it is again. */
interface Mishap {
  readonly id: `book.${string}`
  readonly title: string
  readonly what: string
  readonly needsOrder: boolean
  /** Has this befall the next frames of a book; says when it has. */
  befall(scene: BookScene, pair: Instrument): () => boolean
}

const mishaps: readonly Mishap[] = [
  {
    id: 'book.duplicated-frames',
    title: 'frames of a book that come twice leave it true',
    what: 'frames that came twice',
    needsOrder: false,
    befall({ sight }, pair) {
      sight.meet(isBookOf(pair), (frame) => {
        if (sight.met === 4) sight.heal()
        return [frame, frame]
      })
      return () => sight.met >= 4
    },
  },
  {
    id: 'book.repeated-later',
    title: 'a frame of a book that comes once more after the next leaves no false book live',
    what: 'a frame that came once more after the next',
    needsOrder: true,
    befall({ sight }, pair) {
      return afterTheNext(sight, pair, (first) => [first])
    },
  },
  {
    id: 'book.reordered-frames',
    title: 'two frames of a book in the wrong order leave no false book live',
    what: 'two frames in the wrong order',
    needsOrder: true,
    befall({ sight }, pair) {
      return afterTheNext(sight, pair, () => [])
    },
  },
  {
    id: 'book.torn-frame',
    title: 'a frame of a book that lacks its end makes the book gapped at once, and it heals',
    what: 'a torn frame',
    needsOrder: false,
    befall({ sight }, pair) {
      sight.meet(isBookOf(pair), (frame) => {
        sight.heal()
        return [typeof frame === 'string' ? frame.slice(0, -1) : Buffer.from(frame).subarray(0, -1)]
      })
      return () => sight.met > 0
    },
  },
]

async function checkMishap(lab: Lab, { befall, what, needsOrder }: Mishap): Promise<void> {
  let tried = 0
  await eachBook(
    lab,
    (variant) => BookScene.open(lab, { variant }),
    async (scene, withWhat) => {
      const [first] = scene.pairs
      if (first === undefined) return
      const { data } = scene.lastMessage(first)
      if (needsOrder && data.lastSequence === null && data.checksum === null) return
      tried += 1
      const depth = needsOrder ? scene.knowableDepth(first) : Number.POSITIVE_INFINITY
      for (const pair of scene.pairs) {
        await scene.moveUntil(pair, befall(scene, pair), 'no push of the book came')
        await scene.rest()
        scene.expectNoneFalse(`${withWhat}, after ${what} and silence`, depth)
        await scene.expectHealed(`${withWhat}, after ${what}`, depth)
      }
    },
  )
  if (tried === 0) skip('Its book messages have neither ids nor checksums: nothing would show their order.')
}

/** Has a frame of a book come after the next one of it; `at` is what comes in its own place. */
function afterTheNext(
  sight: FrameSight,
  pair: Instrument,
  at: (frame: OutgoingData) => readonly OutgoingData[],
): () => boolean {
  let kept: OutgoingData | null = null
  sight.meet(isBookOf(pair), (frame) => {
    if (kept === null) {
      kept = frame
      return at(frame)
    }
    sight.heal()
    return [frame, kept]
  })
  return () => sight.met >= 2
}

/** What books make of frames that come twice, in the wrong order, or torn. */
export const mishapChecks: readonly ConformanceCheck[] = [
  ...mishaps.map(
    (mishap): ConformanceCheck => ({
      id: mishap.id,
      title: mishap.title,
      level: 'must',
      needs: ['venue', 'books'],
      file: mishap.id === 'book.torn-frame' ? 'parser.ts' : 'book-rules.ts',
      docs,
      run: (lab) => checkMishap(lab, mishap),
    }),
  ),
]
