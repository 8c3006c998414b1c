import type { OrderBook } from '@tapewire/core'
import type { OrderbookMessage } from '@tapewire/core/adapter'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { BookScene, eachBook } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'

/** Another checksum than this one. */
function otherChecksum(checksum: number | string): number | string {
  return typeof checksum === 'number' ? checksum + 1 : `${checksum}1`
}

function verdict(scene: BookScene, book: OrderBook, message: OrderbookMessage): string | null {
  return scene.rules.verify?.(book, message) ?? null
}

/** What books make of checksums. */
export const checksumChecks: readonly ConformanceCheck[] = [
  {
    id: 'book.verified',
    title: 'where messages have a checksum, the rules find a true book right and refuse it with another checksum',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      let tried = 0
      await eachBook(
        lab,
        (variant) => BookScene.open(lab, { variant }),
        async (scene) => {
          const [pair] = scene.pairs
          if (pair === undefined) return
          await scene.move(pair, 5)
          const message = scene.lastMessage(pair)
          const { checksum } = message.data
          if (checksum === null) return
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
        },
      )
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
]
