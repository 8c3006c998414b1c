import type { Instrument, OrderBook } from '@tapewire/core'
import type { OrderbookMessage, ParsedMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { BookScene, bookVariants } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'
/** How often a fault is repeated, on one market after the other: what is lost is not always near the touch. */
const rounds = 5
/** The longest silence that nobody has noticed yet, ms: `staleAfterMs` of a manager by default, and looks at what is silent beyond it. */
const silenceMs = 100_000

function isBookOf(pair: Instrument): (message: ParsedMessage) => boolean {
  return ({ channel, symbol }) => channel === 'orderbook' && symbol === pair
}

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
  for (const variant of bookVariants(lab)) {
    const scene = await BookScene.open(lab, { variant, levels: 24 })
    const [first] = scene.pairs
    if (first === undefined) return
    if (isUntellable(scene, first)) continue
    tried += 1
    const depth = scene.knowableDepth(first)
    for (let round = 0; round < rounds; round += 1) {
      const pair = scene.pairs[round % scene.pairs.length] as Instrument
      const told = scene.record.streams.length
      await loseOne(scene, pair, lose(pair))
      scene.expectNoneFalse(`with ${variant.name}, after ${what} and the one that followed it`, depth)
      await scene.stage.pass(2_500)
      scene.expectNoneFalse(`with ${variant.name}, after ${what} and 2.5 s of silence`, depth)
      await scene.expectHealed(`with ${variant.name}, after ${what}`, depth)
      const others = scene.record.streams.slice(told).filter(({ symbol }) => symbol !== pair)
      expectEqual(
        others.map(({ stream, status, reason }) => `${stream.id} ${status}: ${reason}`),
        [],
        `with ${variant.name}, ${what} changed the state of other streams`,
      )
    }
    await scene.stage.close()
  }
  if (tried === 0) skip('Its book messages have neither ids nor checksums: nothing would show a loss.')
}

function isUntellable(scene: BookScene, pair: Instrument): boolean {
  const { data } = scene.lastMessage(pair)
  return scene.rules.source !== 'replace' && data.lastSequence === null && data.checksum === null
}

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
      let kept: Parameters<Parameters<typeof sight.meet>[1]>[0] | null = null
      sight.meet(isBookOf(pair), (frame) => {
        if (kept === null) {
          kept = frame
          return [frame]
        }
        sight.heal()
        return [frame, kept]
      })
      return () => sight.met >= 2
    },
  },
  {
    id: 'book.reordered-frames',
    title: 'two frames of a book in the wrong order leave no false book live',
    what: 'two frames in the wrong order',
    needsOrder: true,
    befall({ sight }, pair) {
      let kept: Parameters<Parameters<typeof sight.meet>[1]>[0] | null = null
      sight.meet(isBookOf(pair), (frame) => {
        if (kept === null) {
          kept = frame
          return []
        }
        sight.heal()
        return [frame, kept]
      })
      return () => sight.met >= 2
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
  for (const variant of bookVariants(lab)) {
    const scene = await BookScene.open(lab, { variant })
    const [first] = scene.pairs
    if (first === undefined) return
    const { data } = scene.lastMessage(first)
    if (needsOrder && data.lastSequence === null && data.checksum === null) continue
    tried += 1
    const depth = needsOrder ? scene.knowableDepth(first) : Number.POSITIVE_INFINITY
    for (const pair of scene.pairs) {
      await scene.moveUntil(pair, befall(scene, pair), 'no push of the book came')
      await scene.rest()
      scene.expectNoneFalse(`with ${variant.name}, after ${what} and silence`, depth)
      await scene.expectHealed(`with ${variant.name}, after ${what}`, depth)
    }
    await scene.stage.close()
  }
  if (tried === 0) skip('Its book messages have neither ids nor checksums: nothing would show their order.')
}

/** Another checksum than this one. */
function otherChecksum(checksum: number | string): number | string {
  return typeof checksum === 'number' ? checksum + 1 : `${checksum}1`
}

function verdict(scene: BookScene, book: OrderBook, message: OrderbookMessage): string | null {
  return scene.rules.verify?.(book, message) ?? null
}

/** What books make of streams that lose, repeat, mix up and spoil. */
export const faultyStreamChecks: readonly ConformanceCheck[] = [
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
  {
    id: 'book.verified',
    title: 'where messages have a checksum, the rules find a true book right and refuse it with another checksum',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      let tried = 0
      for (const variant of bookVariants(lab)) {
        const scene = await BookScene.open(lab, { variant })
        const [pair] = scene.pairs
        if (pair === undefined) return
        await scene.move(pair, 5)
        const message = scene.lastMessage(pair)
        const { checksum } = message.data
        if (checksum === null) continue
        tried += 1
        const book = scene.book(pair)
        expectTrue(scene.rules.verify !== undefined, 'messages have a checksum, and the book rules have no verify', {
          expected: 'verify(book, message)',
          got: 'none',
        })
        expectEqual(verdict(scene, book, message), null, 'verify() refuses a true book')
        const spoilt = { ...message, data: { ...message.data, checksum: otherChecksum(checksum) } }
        expectTrue(verdict(scene, book, spoilt) !== null, 'verify() takes a book whose checksum is another', {
          expected: 'why the book is wrong',
          got: null,
        })
        await scene.stage.close()
      }
      if (tried === 0) skip('Its book messages have no checksum.')
    },
  },
  {
    id: 'book.wrong-checksum',
    title: 'an update with a wrong checksum makes its book gapped within that message, and it heals alone',
    level: 'must',
    needs: ['control.spoilChecksum', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      const scene = await BookScene.open(lab)
      const [pair] = scene.pairs
      if (pair === undefined) return
      const told = scene.record.streams.length
      scene.stage.control.spoilChecksum?.(pair)
      const isGapTold = (): boolean => scene.record.books.some(({ kind, symbol }) => kind === 'gap' && symbol === pair)
      await scene.moveUntil(pair, isGapTold, 'an update with a wrong checksum was not told as a gap')
      await scene.expectHealed('after a wrong checksum')
      const others = scene.record.streams.slice(told).filter(({ symbol }) => symbol !== pair)
      expectEqual(others.length, 0, 'a wrong checksum changed the state of other streams', { got: others })
    },
  },
  {
    id: 'book.full-push',
    title: 'a whole book that is pushed unasked leaves every book live and true',
    level: 'must',
    needs: ['control.pushFullBook', 'books'],
    file: 'parsers/orderbook.ts',
    docs,
    async run(lab) {
      for (const variant of bookVariants(lab)) {
        const scene = await BookScene.open(lab, { variant, levels: 24 })
        const told = scene.record.streams.length
        for (const pair of scene.pairs) {
          await scene.move(pair, 4)
          scene.stage.market.step(pair)
          scene.stage.control.pushFullBook?.(pair)
          await scene.move(pair, 2)
          scene.stage.control.pushFullBook?.(pair)
          await scene.rest()
          scene.expectTrue(pair, `with ${variant.name}, after a whole book that was pushed unasked`)
        }
        expectEqual(
          scene.record.streams.slice(told).map(({ stream, status, reason }) => `${stream.id} ${status}: ${reason}`),
          [],
          `with ${variant.name}, a whole book that was pushed unasked changed the state of streams`,
        )
        await scene.stage.close()
      }
    },
  },
  {
    id: 'book.ids-start-over',
    title: 'where the exchange comes back with ids of another beginning, every book is true again',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs: 'books.md#how-it-is-kept-true',
    async run(lab) {
      for (const variant of bookVariants(lab)) {
        const scene = await BookScene.open(lab, { variant })
        const told = scene.record.streams.length
        scene.stage.restartExchange()
        const isGapped = (): boolean => scene.record.streams.slice(told).some(({ status }) => status === 'gapped')
        await scene.stage.until(isGapped, `with ${variant.name}, books whose connection ended should be gapped`)
        await scene.expectHealed(`with ${variant.name}, after the exchange came back with ids of another beginning`)
        await scene.stage.close()
      }
    },
  },
]
