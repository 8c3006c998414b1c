import { type BookKeeperName, bookKeepers } from '../book-keepers/catalogue.js'
import type { BookCommand, BookReport } from '../processes/book-process.js'
import { type Build, thisBuild } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { Column, Row, RunOptions, ScenarioTable } from '../scenario.js'
import type { BookLoadName } from '../workloads/gateio-book-loads.js'
import { pairedFigures } from './compare-builds.js'
import { isChosen, named } from './interleave.js'
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
  const names = (Object.keys(bookKeepers) as BookKeeperName[]).filter((name) => isChosen(bookKeepers[name], options))
  const seats = names.map((name) => new Seat(name, load, options.other))
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

/** One keeper, run by run; each of its builds has a process. */
class Seat {
  readonly standing: Standing
  title = ''
  readonly #keeper: BookKeeperName
  readonly #load: BookLoadName
  readonly #builds: readonly Build[]
  #processes: KeeperProcess[] = []

  constructor(keeper: BookKeeperName, load: BookLoadName, other: Build | null) {
    this.standing = new Standing(named(bookKeepers[keeper]))
    this.#keeper = keeper
    this.#load = load
    this.#builds = other === null ? [thisBuild] : [thisBuild, other]
  }

  /** New processes, their code compiled. */
  async open(seconds: number): Promise<null> {
    this.#processes = this.#builds.map((build) => new KeeperProcess(build))
    for (const process of this.#processes) {
      this.title = await process.open(this.#keeper, this.#load)
      await process.keep(warmupSeconds(seconds))
    }
    return null
  }

  async turn(): Promise<null> {
    for (const process of this.#processes) await process.turn()
    return null
  }

  async close(): Promise<Record<string, number>> {
    const [own = {}, other] = this.#processes.map((process) => process.figures())
    return other === undefined ? own : pairedFigures(own, other)
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.splice(0).map((process) => process.end()))
  }
}

/** A process that keeps books, and what its turns have come to. */
class KeeperProcess {
  readonly #child: Child<BookCommand, BookReport>
  #updates = 0
  #seconds = 0

  constructor(build: Build) {
    this.#child = new Child('book-process', { build })
  }

  /** Returns what the load is called. */
  async open(keeper: BookKeeperName, load: BookLoadName): Promise<string> {
    this.#child.send({ kind: 'open', keeper, load })
    return (await this.#child.next('opened')).title
  }

  async turn(): Promise<void> {
    const { updates, seconds } = await this.keep(turnSeconds)
    this.#updates += updates
    this.#seconds += seconds
  }

  figures(): Record<string, number> {
    return {
      updatesPerSecond: this.#updates / this.#seconds,
      microseconds: (this.#seconds / this.#updates) * 1e6,
    }
  }

  end(): Promise<void> {
    return this.#child.end()
  }

  keep(seconds: number): Promise<Extract<BookReport, { kind: 'kept' }>> {
    this.#child.send({ kind: 'keep', seconds })
    return this.#child.next('kept')
  }
}
