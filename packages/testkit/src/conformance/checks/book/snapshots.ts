import { type Instrument, type OrderbookData, WebSocketStrategySet } from '@tapewire/core'
import type { RestBookRules } from '@tapewire/core/adapter'
import { createRandom, randomInteger } from '../../../random.js'
import type { OptionVariant } from '../../../venue/exchange-emulation.js'
import type { SnapshotFault } from '../../../venue/venue-control.js'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import { wasSent } from '../../lab/was-sent.js'
import { BookScene, bookVariants } from './book-scene.js'

const docs = 'writing-an-adapter.md#order-books'
const snapshotFaults: readonly SnapshotFault[] = ['empty', 'without-id', 'not-a-number', 'endless']
/** Small enough that an endless answer ends soon. */
const maxPayloadBytes = 256 * 1024

/** Snapshots that are asked for while changes gather. */
const snapshotRounds = 25

/** The variants whose snapshots are fetched over REST; ends the check where there is none. */
function restVariants(lab: Lab): readonly OptionVariant[] {
  const variants = bookVariants(lab).filter(({ options }) => lab.publicSet(options).bookRules?.source === 'rest')
  if (variants.length === 0) skip('No book of it begins with a snapshot over REST.')
  return variants
}

/** Books of the first of them, live, of which one is then made to need a snapshot. */
async function openOne(lab: Lab): Promise<{ readonly scene: BookScene; readonly pair: Instrument }> {
  const [variant] = restVariants(lab)
  const scene = await BookScene.open(lab, {
    ...(variant === undefined ? {} : { variant }),
    manager: { config: { connectTimeoutMs: 10_000 } },
    strategies: (set) => new WebSocketStrategySet({ ...set, socket: { ...set.socket, maxPayloadBytes } }),
  })
  return { scene, pair: scene.pairs[0] as Instrument }
}

/** Loses an update of a book, and goes on until that has shown. */
async function makeGapped(scene: BookScene, pair: Instrument): Promise<void> {
  scene.sight.meet(
    ({ channel, symbol }) => channel === 'orderbook' && symbol === pair,
    () => {
      scene.sight.heal()
      return []
    },
  )
  const before = scene.record.books.length
  const isGapTold = (): boolean => scene.record.books.slice(before).some(({ kind }) => kind === 'gap')
  await scene.moveUntil(pair, isGapTold, 'an update that was lost was not told as a gap')
}

/** A few changes close together, so that an exchange which gathers tells them in one. */
async function moveBriefly({ stage }: BookScene, pair: Instrument, random: () => number): Promise<void> {
  for (let change = randomInteger(random, 1, 3); change > 0; change -= 1) {
    stage.market.step(pair)
    await stage.pass(randomInteger(random, 1, 9))
  }
}

/** What a fault of REST may do: keep a book from being live, for as long as it lasts. */
async function checkRestFault(
  lab: Lab,
  what: string,
  begin: (scene: BookScene) => void,
  end: (scene: BookScene) => void,
): Promise<void> {
  const { scene, pair } = await openOne(lab)
  begin(scene)
  await makeGapped(scene, pair)
  for (let round = 0; round < 6; round += 1) {
    for (const each of scene.pairs) await scene.move(each)
    await scene.stage.pass(1_500)
    scene.expectNoneFalse(`while ${what}`)
  }
  expectTrue(!scene.book(pair).isLive, `while ${what}, a book cannot be brought back and should not be live`, {
    expected: 'gapped',
    got: scene.book(pair).status,
  })
  const [, other] = scene.pairs
  if (other !== undefined) scene.expectTrue(other, `while ${what}, and no update of it was lost`)
  end(scene)
  await scene.expectHealed(`after ${what}`)
}

/** How snapshots over REST are asked for, read, and done without. */
export const snapshotChecks: readonly ConformanceCheck[] = [
  {
    id: 'book.snapshot',
    title: 'a snapshot is one request, and holds the market’s book with the id of its last change',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      for (const variant of restVariants(lab)) {
        const stage = lab.stage({ levels: 24 })
        const rules = lab.publicSet(variant.options).bookRules as RestBookRules
        for (const pair of lab.instruments) {
          const before = stage.venue.requests.length
          const fetched = rules.fetchSnapshot(pair, stage.env())
          const { bids, asks, sequence, exchangeTime } = await stage.settled(fetched, 'a snapshot should be had')
          const asked = stage.venue.requests.slice(before).map(({ method, url }) => `${method} ${url.pathname}`)
          expectEqual(asked.length, 1, 'snapshotLimit counts snapshots: each should be one request', { got: asked })
          const depth = rules.depth ?? Number.POSITIVE_INFINITY
          const image = stage.market.book(pair, depth)
          expectEqual(
            { bids: bids.slice(0, 2 * depth), asks: asks.slice(0, 2 * depth) },
            { bids: image.bids.flat().map(Number), asks: image.asks.flat().map(Number) },
            `the snapshot of ${pair.name} is not the market’s book`,
          )
          expectTrue(Number.isSafeInteger(sequence) && sequence > 0, 'a snapshot needs the id of its last change', {
            got: sequence,
          })
          // Where the exchange numbers changes in its own way, nobody here knows the id.
          if (wasSent(stage, String(image.lastId)))
            expectEqual(sequence, image.lastId, 'a snapshot has the id of the last change that it includes')
          const age = exchangeTime === null ? 0 : Math.abs(stage.clock.now() - exchangeTime)
          expectTrue(age < 60_000, 'the time of a snapshot is in epoch ms', {
            expected: stage.clock.now(),
            got: exchangeTime,
          })
        }
      }
    },
  },
  {
    id: 'book.snapshot-limit',
    title: 'no more snapshots are asked for than the rules allow in any window',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      const [variant] = restVariants(lab)
      const snapshotLimit = { requests: 2, windowMs: 4_000 }
      const scene = await BookScene.open(lab, {
        ...(variant === undefined ? {} : { variant }),
        pairs: lab.instruments,
        strategies: (set) =>
          new WebSocketStrategySet({ ...set, bookRules: { ...(set.bookRules as RestBookRules), snapshotLimit } }),
      })
      scene.stage.network.faults.cut()
      await scene.stage.pass(20_000)
      await scene.expectHealed('after a cut')
      const times = scene.stage.venue.requests.map(({ at }) => at)
      const most = Math.max(
        ...times.map((from) => times.filter((at) => at >= from && at < from + snapshotLimit.windowMs).length),
      )
      expectTrue(most <= snapshotLimit.requests, 'more requests were made in one window than snapshotLimit allows', {
        expected: snapshotLimit,
        got: most,
      })
    },
  },
  {
    id: 'book.snapshot-inside-a-change',
    title: 'a snapshot whose id lies inside a change is joined with that change: nothing is missing between them',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      let met = 0
      for (const variant of restVariants(lab)) {
        const scene = await BookScene.open(lab, { variant })
        const [pair] = scene.pairs
        const rules = scene.rules as RestBookRules
        if (pair === undefined) continue
        const random = createRandom(5)
        for (let round = 0; round < snapshotRounds; round += 1) {
          const before = scene.record.messages.length
          await moveBriefly(scene, pair, random)
          const { sequence } = await scene.stage.settled(
            rules.fetchSnapshot(pair, scene.stage.env()),
            'fetchSnapshot() should resolve',
          )
          await moveBriefly(scene, pair, random)
          await scene.rest()
          for (const { channel, data } of scene.record.messages.slice(before)) {
            if (channel !== 'orderbook') continue
            const { firstSequence: first, lastSequence: last } = data as OrderbookData
            if (first === null || last === null || sequence < first || sequence >= last) continue
            met += 1
            const got = rules.continuity(sequence, first, last)
            expectEqual(
              got,
              'apply',
              `with ${variant.name}, a snapshot with the id ${sequence} and the change ${first} to ${last} are not joined by \`continuity\``,
            )
          }
        }
        await scene.stage.close()
      }
      if (met === 0) skip('No snapshot of this exchange lies inside a change.')
    },
  },
  {
    id: 'book.stale-snapshots',
    title: 'a snapshot from before the updates is asked for again until it fits',
    level: 'must',
    needs: ['control.staleSnapshots', 'books'],
    file: 'book-rules.ts',
    docs,
    async run(lab) {
      const { scene, pair } = await openOne(lab)
      scene.stage.control.staleSnapshots(3)
      await makeGapped(scene, pair)
      for (let round = 0; round < 8; round += 1) {
        await scene.move(pair, 2)
        await scene.rest()
        scene.expectNoneFalse('with snapshots that lag')
      }
      await scene.expectHealed('after snapshots that lag')
    },
  },
  ...snapshotFaults.map(
    (fault): ConformanceCheck => ({
      id: `book.snapshot-${fault}`,
      title: `a snapshot that is ${fault === 'without-id' ? 'without its id' : fault.replaceAll('-', ' ')} is refused, and its book is not live before one is right`,
      level: 'must',
      needs: ['control.spoilSnapshots', 'books'],
      file: 'book-rules.ts',
      docs,
      run: (lab) =>
        checkRestFault(
          lab,
          `snapshots are ${fault}`,
          ({ stage }) => stage.control.spoilSnapshots(fault),
          ({ stage }) => stage.control.spoilSnapshots(null),
        ),
    }),
  ),
  ...(['firewall', 'rate-limit'] as const).map(
    (how): ConformanceCheck => ({
      id: `book.rest-${how}`,
      title:
        how === 'firewall'
          ? 'books come back after a firewall has kept snapshots away'
          : 'books come back after the exchange has had enough of requests',
      level: 'must',
      needs: ['control.blockRest', 'books'],
      file: 'book-rules.ts',
      docs: 'writing-an-adapter.md#rest',
      run: (lab) =>
        checkRestFault(
          lab,
          `REST answers with a ${how}`,
          ({ stage }) => stage.control.blockRest(how),
          ({ stage }) => stage.control.blockRest(null),
        ),
    }),
  ),
  {
    id: 'book.rest-away',
    title: 'books come back after REST has not answered at all',
    level: 'must',
    needs: ['venue', 'books'],
    file: 'book-rules.ts',
    docs: 'writing-an-adapter.md#rest',
    run: (lab) =>
      checkRestFault(
        lab,
        'REST answers nothing',
        ({ stage }) => stage.network.faults.ignoreRequests(),
        ({ stage }) => stage.network.faults.ignoreRequests(false),
      ),
  },
]
