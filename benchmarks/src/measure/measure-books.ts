import { type BookKeeperName, bookKeepers } from '../book-keepers/catalogue.js'
import type { BookCommand, BookReport } from '../processes/book-process.js'
import { Child } from '../processes/child.js'
import type { Column, RunOptions, ScenarioTable } from '../scenario.js'
import type { BookLoadName } from '../workloads/gateio-book-loads.js'
import { contestant, interleave } from './interleave.js'
import { warmupSeconds } from './measure-throughput.js'
import { withRatios } from './ratios.js'

const columns: readonly Column[] = [
  { key: 'updatesPerSecond', title: 'updates/s', decimals: 0 },
  { key: 'microseconds', title: 'µs an update', decimals: 3 },
]

/** From the bytes of an update to the best prices of the book it changed, without a socket. */
export async function booksTable(load: BookLoadName, options: RunOptions): Promise<ScenarioTable> {
  let frames = ''
  const contestants = (Object.keys(bookKeepers) as BookKeeperName[]).map((keeper) =>
    contestant(bookKeepers[keeper], async () => {
      const { title, updates, seconds } = await measure(keeper, load, options.seconds)
      frames = title
      return { updatesPerSecond: updates / seconds, microseconds: (seconds / updates) * 1e6 }
    }),
  )
  const rows = await interleave(contestants, options)
  return {
    ...withRatios({ columns, rows }, 'updatesPerSecond', [bookKeepers['by-hand'].label, bookKeepers.ccxt.label]),
    notes: [`Frames: ${frames}, over and over with the update ids going on.`],
  }
}

async function measure(keeper: BookKeeperName, load: BookLoadName, seconds: number): Promise<BookReport> {
  const child = new Child<BookCommand, BookReport>('book-process')
  try {
    child.send({ kind: 'keep-books', keeper, load, warmupSeconds: warmupSeconds(seconds), seconds })
    return await child.next('kept-books')
  } finally {
    await child.end()
  }
}
