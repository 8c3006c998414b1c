// What it costs to keep books, from the bytes of a frame on, in a process of its own.
import type { BookKeeper } from '../book-keepers/book-keeper.js'
import { type BookKeeperName, bookKeepers } from '../book-keepers/catalogue.js'
import type { BookLoad, FrameWindow } from '../workloads/book-load.js'
import { type BookLoadName, gateioBookLoads } from '../workloads/gateio-book-loads.js'
import { commands, report } from './child-side.js'

/** First `open`, and then `keep`, as often as one likes. */
export type BookCommand =
  | { readonly kind: 'open'; readonly keeper: BookKeeperName; readonly load: BookLoadName }
  /** Seconds are of updates alone. */
  | { readonly kind: 'keep'; readonly seconds: number }

export type BookReport =
  | { readonly kind: 'opened'; readonly title: string }
  | { readonly kind: 'kept'; readonly updates: number; readonly seconds: number }

let kept: { readonly keeper: BookKeeper; readonly load: BookLoad } | null = null

async function obey(command: BookCommand): Promise<BookReport> {
  if (command.kind === 'open') {
    const load = await gateioBookLoads[command.load]()
    const keeper = await (await bookKeepers[command.keeper].load())(load.images)
    demand(keepAll(keeper, load), load.firstSum)
    kept = { keeper, load }
    return { kind: 'opened', title: load.title }
  }
  if (kept === null) throw new Error('There are no books yet.')
  return { kind: 'kept', ...goOn(kept.keeper, kept.load, command.seconds) }
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

commands<BookCommand>(async (command) => report(await obey(command)))
