import { createRandom, randomInteger } from '../../../random.js'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, fail, skip } from '../../check-failure.js'
import { BookHistory } from '../../truth/book-truth.js'
import { BookScene, bookVariants, eachBook } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'
/** Levels a side of a market that is deeper than what most streams keep true. */
const deepLevels = 130
const stops = 8
/** How long a book may take until it is live on a market that changes all the time, ms. */
const stormMs = 5_000
/** How far behind the market a live book may be, ms: as long as an exchange gathers, and its way here. */
const behindMs = 1_500

/** What books are while nothing goes wrong. */
export const standingBookChecks: readonly ConformanceCheck[] = [
  {
    id: 'book.true-at-every-stop',
    title:
      'whenever the market stops, every book is live and equals it, price by price and size by size, at every depth the options offer',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'parsers/orderbook.ts',
    docs,
    async run(lab) {
      await eachBook(
        lab,
        (variant) => BookScene.open(lab, { variant, levels: deepLevels }),
        async (scene, withWhat) => {
          const random = createRandom(11)
          const before = scene.record.books.length
          for (let stop = 1; stop <= stops; stop += 1) {
            for (const pair of scene.pairs) {
              for (let step = randomInteger(random, 1, 25); step > 0; step -= 1) {
                scene.stage.market.step(pair)
                await scene.stage.pass(random() < 0.5 ? 3 : 40)
              }
            }
            await scene.rest()
            for (const pair of scene.pairs) scene.expectTrue(pair, `${withWhat}, at stop ${stop}`)
          }
          // A book that heals before each stop is true at all of them.
          const gaps = scene.record.books.slice(before).filter(({ kind }) => kind === 'gap')
          expectEqual(gaps, [], `${withWhat}, books were gapped though nothing was lost`)
        },
      )
    },
  },
  {
    id: 'book.true-at-every-message',
    title: 'with every message a live book is what the market’s was a moment ago',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      for (const variant of bookVariants(lab)) {
        const wrong: string[] = []
        let looks = 0
        let look: (name: string) => void = () => {}
        const scene = await BookScene.begin(lab, {
          variant,
          manager: {
            onMessage: ({ channel, symbol }) => {
              if (channel === 'orderbook' && symbol !== null) look(symbol.name)
            },
          },
        })
        const { stage, rules } = scene
        const history = new BookHistory(stage.market, () => stage.clock.now(), rules.depth ?? 16)
        look = (name) => {
          const book = scene.pairs.map((pair) => scene.book(pair)).find(({ symbol }) => symbol.name === name)
          if (book === undefined || !book.isLive) return
          looks += 1
          if (!history.had(book, behindMs)) wrong.push(`${name} at ${book.sequence}: ${JSON.stringify(book.depth(3))}`)
        }
        for (let step = 0; step < 150; step += 1) {
          stage.market.step()
          await stage.pass(15)
        }
        await scene.rest()
        expectTrue(looks > 0, `with ${variant.name}, no message left a book live`, { expected: 'live books', got: 0 })
        if (wrong.length > 0)
          fail(`with ${variant.name}, a message left a live book that the market’s never was`, {
            expected: `what the market’s book was within the last ${behindMs} ms`,
            got: wrong[0],
          })
        await stage.close()
      }
    },
  },
  {
    id: 'book.sorted-and-trimmed',
    title:
      'levels are sorted, none comes twice, none is empty, bids stay below asks, and there are no more than are kept true',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'parsers/orderbook.ts',
    docs,
    async run(lab) {
      await eachBook(
        lab,
        (variant) => BookScene.open(lab, { variant, levels: deepLevels }),
        async (scene, withWhat) => {
          for (let step = 0; step < 60; step += 1) {
            scene.stage.market.step(scene.pairs[step % 2])
            await scene.stage.pass(30)
            for (const pair of scene.pairs) {
              const book = scene.book(pair)
              const { bids, asks } = book.depth(Number.POSITIVE_INFINITY)
              const rising = [...bids].reverse().concat(asks)
              const fault = rising.find(({ price, size }, index) => {
                const before = rising[index - 1]?.price ?? 0
                return !(price > before) || !(size > 0)
              })
              const where = `${withWhat}, in the book of ${pair.name}`
              if (fault !== undefined)
                fail(`${where}, a level is out of order, twice there, or empty`, {
                  expected: 'a sorted book',
                  got: fault,
                })
              const most = scene.rules.depth ?? Number.POSITIVE_INFINITY
              expectTrue(Math.max(bids.length, asks.length) <= most, `${where} are more levels than are kept true`, {
                expected: most,
                got: [bids.length, asks.length],
              })
            }
          }
        },
      )
    },
  },
  {
    id: 'book.quiet-pair',
    title: 'the book of a market in which nothing changes is live and true',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      await eachBook(
        lab,
        (variant) => BookScene.begin(lab, { variant }),
        async (scene, withWhat) => {
          await scene.stage.pass(8_000)
          for (const pair of scene.pairs) scene.expectTrue(pair, `${withWhat}, on a market that stands still`)
        },
      )
    },
  },
  {
    id: 'book.begins-in-a-storm',
    title: 'a book that is subscribed while its market changes all the time is live and true all the same',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      await eachBook(
        lab,
        (variant) =>
          BookScene.begin(lab, {
            variant,
            manager: { config: { maxPendingMessages: 10_000 } },
          }),
        async (scene, withWhat) => {
          scene.stage.market.start(1)
          scene.stage.network.faults.slow(120)
          await scene.stage.pass(1_200)
          scene.stage.network.faults.slow(0)
          await scene.stage.until(
            () => scene.pairs.every((pair) => scene.book(pair).isLive),
            `${withWhat}, every book should be live while its market changes all the time`,
            stormMs,
          )
          scene.stage.market.stop()
          await scene.expectHealed(`${withWhat}, after a storm`)
        },
      )
    },
  },
  {
    id: 'book.awaited',
    title: 'awaitBook() resolves with the live book of its market',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs: 'books.md#what-a-status-means',
    async run(lab) {
      const scene = await BookScene.begin(lab)
      const [pair] = scene.pairs
      if (pair === undefined) return
      scene.stage.market.start(50)
      const book = await scene.stage.settled(scene.manager.awaitBook(pair), 'awaitBook() should resolve')
      expectTrue(book.isLive && book.symbol === pair, 'awaitBook() should give the live book of its market', {
        expected: `${pair.name}, live`,
        got: `${book.symbol.name}, ${book.status}`,
      })
    },
  },
  {
    id: 'book.unsubscribed',
    title: 'the book of a market that was unsubscribed is gone, and those of the others go on',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'subscription.ts',
    docs: 'writing-an-adapter.md#strategy-2-the-subscription',
    async run(lab) {
      const scene = await BookScene.open(lab)
      const [gone, other] = scene.pairs
      if (gone === undefined || other === undefined) return
      const { stage, manager } = scene
      await stage.settled(manager.unsubscribe([gone]), 'unsubscribe() should resolve')
      expectEqual(manager.orderBook(gone), null, `the book of ${gone.name} should be gone`)
      await scene.rest()
      const before = scene.messagesOf(gone)
      await scene.move(gone, 3)
      await scene.move(other, 3)
      await scene.rest()
      expectEqual(scene.messagesOf(gone) - before, 0, `after unsubscribe(), messages of ${gone.name} still come`)
      scene.expectTrue(other, 'after another was unsubscribed')
      await stage.settled(manager.subscribe([gone]), 'subscribing it once more should resolve')
      await scene.expectHealed('after it was subscribed once more')
    },
  },
  {
    id: 'book.digits',
    title: 'where a checksum needs the digits as they were sent, every level of a book has them',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'parsers/orderbook.ts',
    docs,
    async run(lab) {
      const variants = bookVariants(lab).filter(({ options }) => lab.publicSet(options).bookRules?.keepDigits === true)
      if (variants.length === 0) skip('Its books are not checked by their digits.')
      for (const variant of variants) {
        const scene = await BookScene.open(lab, { variant })
        for (const pair of scene.pairs) {
          await scene.move(pair, 5)
          const book = scene.book(pair)
          for (let index = 0; index < book.bidCount; index += 1) {
            const digits = book.bidDigits(index)
            const level = book.bid(index)
            expectEqual(
              digits === null ? null : [Number(digits.price), Number(digits.size)],
              [level?.price, level?.size],
              `level ${index} of the bids of ${pair.name} has other digits than its numbers`,
              { got: digits },
            )
          }
        }
      }
    },
  },
  {
    id: 'book.apart',
    title: 'the books of two managers have nothing to do with each other',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'definition.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      const scene = await BookScene.open(lab)
      const { stage, pairs } = scene
      const other = stage.manager(lab.publicSet())
      await stage.settled(
        other.manager.initialize({ symbols: pairs, channels: ['orderbook'] }),
        'initialize() of a second manager should resolve',
      )
      await scene.expectHealed('beside a second manager')
      const told = scene.record.streams.length
      stage.network.faults.cut(stage.network.connections.at(-1))
      for (let step = 0; step < 10; step += 1) await scene.move(pairs[step % 2] as (typeof pairs)[number])
      await scene.rest()
      for (const pair of pairs) scene.expectTrue(pair, 'after the connection of a second manager was cut')
      expectEqual(
        scene.record.streams.slice(told).map(({ stream, status }) => `${stream.id} ${status}`),
        [],
        'the cut of a second manager’s connection changed the state of these streams',
      )
      await stage.settled(other.manager.close(), 'close() of the second manager should resolve')
      await scene.move(pairs[0] as (typeof pairs)[number], 3)
      await scene.rest()
      for (const pair of pairs) scene.expectTrue(pair, 'after the second manager was closed')
    },
  },
]
