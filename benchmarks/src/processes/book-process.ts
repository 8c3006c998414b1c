// What it costs to keep books, from the bytes of a frame on, in a process of its own.
import type { BookKeeper } from '../book-keepers/book-keeper.js'
import { type BookKeeperName, bookKeepers } from '../book-keepers/catalogue.js'
import type { BookLoad, FrameWindow } from '../workloads/book-load.js'
import { type BookLoadName, gateioBookLoads } from '../workloads/gateio-book-loads.js'
import { commands, report } from './child-side.js'

export interface BookCommand {
  readonly kind: 'keep-books'
  readonly keeper: BookKeeperName
  readonly load: BookLoadName
  readonly warmupSeconds: number
  /** Spent on updates alone. */
  readonly seconds: number
}

export interface BookReport {
  readonly kind: 'kept-books'
  readonly title: string
  readonly updates: number
  readonly seconds: number
}

async function measure({ keeper: name, load: loadName, warmupSeconds, seconds }: BookCommand): Promise<BookReport> {
  const load = await gateioBookLoads[loadName]()
  const { title, images, firstSum } = load
  const keeper = await (await bookKeepers[name].load())(images)
  demand(keepAll(keeper, load), firstSum)
  goOn(keeper, load, warmupSeconds)
  return { kind: 'kept-books', title, ...goOn(keeper, load, seconds) }
}

/** Through the frames over and over, until so much time went into the updates. */
function goOn(keeper: BookKeeper, load: BookLoad, seconds: number): { updates: number; seconds: number } {
  let updates = 0
  let spentMs = 0
  while (spentMs < seconds * 1000) {
    load.advance()
    const startedAt = performance.now()
    const read = keepAll(keeper, load)
    spentMs += performance.now() - startedAt
    updates += load.frames.length
    demand(read, load.laterSum)
  }
  return { updates, seconds: spentMs / 1000 }
}

function keepAll(keeper: BookKeeper, { frames }: BookLoad): number {
  let read = 0
  for (let index = 0; index < frames.length; index += 1) read += keeper.apply(frames[index] as FrameWindow)
  return read
}

function demand(read: number, sum: number): void {
  if (read !== sum) throw new Error(`The best prices after each update add up to ${read}, not to ${sum}.`)
}

commands<BookCommand>(async (command) => report(await measure(command)))
