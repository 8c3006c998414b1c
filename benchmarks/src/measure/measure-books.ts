import { type BookKeeperName, bookKeepers } from '../book-keepers/catalogue.js'
import type { BookCommand, BookReport } from '../processes/book-process.js'
import { Child } from '../processes/child.js'
import type { Column, Row, RunOptions, ScenarioTable } from '../scenario.js'
import type { BookLoadName } from '../workloads/gateio-book-loads.js'
import { named } from './interleave.js'
import { warmupSeconds } from './measure-throughput.js'
import { withRatios } from './ratios.js'
import { Standing } from './standing.js'

const columns: readonly Column[] = [
  { key: 'updatesPerSecond', title: 'updates/s', decimals: 0 },
  { key: 'microseconds', title: 'µs an update', decimals: 3 },
]

/** Short, so that all see the same machine: its speed can change by half from one second to the next, and a ratio of two seconds says little. */
const turnSeconds = 0.05

/** From the bytes of an update to the best prices of the book it changed, without a socket. In each run every keeper has a process, and they take short turns. */
export async function booksTable(load: BookLoadName, options: RunOptions): Promise<ScenarioTable> {
  const names = (Object.keys(bookKeepers) as BookKeeperName[]).filter(
    (name) => options.only === null || bookKeepers[name].label.includes(options.only),
  )
  const seats = names.map((name) => new Seat(name, load))
  for (let run = 1; run <= options.runs; run += 1) {
    const progress = (text: string): void => options.progress(`run ${run}/${options.runs}  ${text}`)
    for (const seat of seats) await seat.standing.attempt(progress, () => seat.open(options.seconds))
    for (let turn = 0; turn < options.seconds / turnSeconds; turn += 1) {
      for (const seat of seats) await seat.standing.attempt(progress, () => seat.turn())
    }
    for (const seat of seats) await seat.standing.attempt(progress, () => seat.close())
    for (const seat of seats) await seat.end()
  }
  const rows: readonly Row[] = seats.map(({ standing }) => standing.row())
  const frames = seats.find(({ title }) => title !== '')?.title ?? ''
  return {
    ...withRatios({ columns, rows }, 'updatesPerSecond', [bookKeepers['by-hand'].label, bookKeepers.ccxt.label]),
    notes: [
      `Frames: ${frames}, over and over with the update ids going on. Here the clients take turns of ${turnSeconds * 1000} ms.`,
    ],
  }
}

/** One keeper's process, run by run. */
class Seat {
  readonly standing: Standing
  title = ''
  readonly #keeper: BookKeeperName
  readonly #load: BookLoadName
  #child: Child<BookCommand, BookReport> | null = null
  #updates = 0
  #seconds = 0

  constructor(keeper: BookKeeperName, load: BookLoadName) {
    this.standing = new Standing(named(bookKeepers[keeper]))
    this.#keeper = keeper
    this.#load = load
  }

  /** A new process, its code compiled. */
  async open(seconds: number): Promise<null> {
    this.#child = new Child('book-process')
    this.#updates = 0
    this.#seconds = 0
    this.#child.send({ kind: 'open', keeper: this.#keeper, load: this.#load })
    this.title = (await this.#child.next('opened')).title
    await this.#keep(warmupSeconds(seconds))
    return null
  }

  async turn(): Promise<null> {
    const { updates, seconds } = await this.#keep(turnSeconds)
    this.#updates += updates
    this.#seconds += seconds
    return null
  }

  async close(): Promise<Record<string, number>> {
    return {
      updatesPerSecond: this.#updates / this.#seconds,
      microseconds: (this.#seconds / this.#updates) * 1e6,
    }
  }

  async end(): Promise<void> {
    await this.#child?.end()
    this.#child = null
  }

  #keep(seconds: number): Promise<Extract<BookReport, { kind: 'kept' }>> {
    const child = this.#child as Child<BookCommand, BookReport>
    child.send({ kind: 'keep', seconds })
    return child.next('kept')
  }
}
