import type { ConformanceCheck } from '../../check.js'
import { expectEqual } from '../../check-failure.js'
import { BookScene, eachBook } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'

/** What books make of an exchange that sends them whole unasked, or comes back with other ids. */
export const newBeginningChecks: readonly ConformanceCheck[] = [
  {
    id: 'book.full-push',
    title: 'a whole book that is pushed unasked leaves every book live and true',
    level: 'must',
    needs: ['control.pushFullBook', 'books'],
    file: 'parsers/orderbook.ts',
    docs,
    async run(lab) {
      await eachBook(
        lab,
        (variant) => BookScene.open(lab, { variant, levels: 24 }),
        async (scene, withWhat) => {
          const told = scene.record.streams.length
          for (const pair of scene.pairs) {
            await scene.move(pair, 4)
            scene.stage.market.step(pair)
            scene.stage.control.pushFullBook?.(pair)
            await scene.move(pair, 2)
            scene.stage.control.pushFullBook?.(pair)
            await scene.rest()
            scene.expectTrue(pair, `${withWhat}, after a whole book that was pushed unasked`)
          }
          expectEqual(
            scene.record.streams.slice(told).map(({ stream, status, reason }) => `${stream.id} ${status}: ${reason}`),
            [],
            `${withWhat}, a whole book that was pushed unasked changed the state of streams`,
          )
        },
      )
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
      await eachBook(
        lab,
        (variant) => BookScene.open(lab, { variant }),
        async (scene, withWhat) => {
          const told = scene.record.streams.length
          scene.stage.restartExchange()
          const isGapped = (): boolean => scene.record.streams.slice(told).some(({ status }) => status === 'gapped')
          await scene.stage.until(isGapped, `${withWhat}, books whose connection ended should be gapped`)
          await scene.expectHealed(`${withWhat}, after the exchange came back with ids of another beginning`)
        },
      )
    },
  },
]
