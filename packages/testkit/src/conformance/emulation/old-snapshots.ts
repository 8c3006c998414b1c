import type { Instrument } from '@tapewire/core'
import type { BookImage } from '../../market/market-event.js'
import type { Lab } from '../lab/lab.js'
import type { Stage } from '../lab/stage.js'
import { waitingCalls } from '../lab/waiting-calls.js'
import { stands } from '../truth/comparison.js'

/** Best prices of a side by which one state of a market is told from another. */
const telling = 3
const rounds = 3
/** Changes of a market within which its best prices are others. */
const mostChanges = 400

/** The emulation answers for a book with one that its market had long before, each time. Null where it does not, where the adapter asks for none, or where it cannot be told. */
export async function oldSnapshots(lab: Lab): Promise<string | null> {
  for (const { options } of lab.variants) {
    const stage = lab.stage({ levels: 12 })
    const [pair] = stage.instruments
    const call = waitingCalls(lab, lab.publicSet(options)).find(({ name }) => name === 'fetchSnapshot()')
    if (pair === undefined || call === undefined) continue
    const answer = async (): Promise<string> => {
      const before = stage.venue.requests.length
      await stage.settled(
        call.call(stage.env()).catch(() => {}),
        'fetchSnapshot() should settle',
      )
      return stage.venue.requests.slice(before).at(-1)?.answer ?? ''
    }
    const first = pricesOf(stage.market.book(pair, telling))
    if (!holds(await answer(), first)) return null
    for (let round = 0; round < rounds; round += 1) {
      await moveAway(stage, pair, first)
      const told = await answer()
      if (!holds(told, first) || holds(told, pricesOf(stage.market.book(pair, telling)))) return null
    }
    return `the emulation answers for the book of ${pair.name} with what its market was ${rounds} times earlier, and not with what it is`
  }
  return null
}

async function moveAway(stage: Stage, pair: Instrument, from: readonly string[]): Promise<void> {
  const known = new Set(from)
  for (let change = 0; change < mostChanges; change += 1) {
    stage.market.step(pair)
    await stage.pass(20)
    if (pricesOf(stage.market.book(pair, telling)).some((price) => !known.has(price))) return
  }
}

function pricesOf({ bids, asks }: BookImage): readonly string[] {
  return [...bids, ...asks].map(([price]) => price)
}

function holds(answer: string, prices: readonly string[]): boolean {
  return prices.every((price) => stands(price, answer))
}
