import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CommandLine } from '../command-line.js'
import { nextTurn } from '../run/next-turn.js'
import { type ExchangeName, exchangeNames, type Script } from '../script/script.js'
import { SubscribedOnce } from '../watch/subscribed-once.js'
import { World } from '../world/world.js'
import { isFlat } from './is-flat.js'

/** Streams that are carried: two of each pair, which come where something happens. Of quotes and tickers MEXC pushes changed and unchanged ones alike, which would take most of the time. */
const pairs = 150
/** Reconnections in a day of 24 hours. */
const cutsADay = 1_000
const hourMs = 3_600_000
/** How often something happens on the market, ms: on each pair every two and a half minutes. */
const marketIntervalMs = 1_000
/** Trades that the market keeps of each pair: more than it makes in a gap, and soon all of it, so that the market's own past does not grow while the heap is looked at. */
const keptTrades = 8
/** Before anything is measured more happens for a while: then whatever remembers the latest of something is full, and what runs often is compiled. */
const fillingIntervalMs = 15
const fillingMs = 1_800_000
/** How long the world may take to be well again after a cut, ms. */
const recoveryMs = 60_000

/** How much more of each may be left towards the end than before: of the heap what compiled code takes, of the others what waits at one moment and not at another. */
const slack: Sample = { heapMb: 0.5, timers: 3, sockets: 1, handles: 0 }

/** What is left at the end of one hour. */
interface Sample {
  readonly heapMb: number
  /** Timers of the manager's. */
  readonly timers: number
  /** Sockets that either end holds, and requests without an answer. */
  readonly sockets: number
  /** What keeps the process itself alive. */
  readonly handles: number
}

/** A day of reconnections on a clock of its own, for each exchange. Prints what each hour leaves behind; returns the exit code: 1 where that grows, or a book is not true in the end. */
export async function soak({ exchange, hours }: CommandLine): Promise<number> {
  let exitCode = 0
  for (const one of exchange === undefined ? exchangeNames : [exchange]) {
    process.stdout.write(`${one}\n`)
    if (!(await isWell(one, hours))) exitCode = 1
  }
  return exitCode
}

async function isWell(exchange: ExchangeName, hours: number): Promise<boolean> {
  const collect = garbageCollector()
  const world = new World(scriptOf(exchange), (one) => [new SubscribedOnce(one)], { keptTrades })
  const { market, user, network, manager, managerClock, venue } = world
  market.start(fillingIntervalMs)
  void user.start()
  await pass(world, fillingMs)
  market.start(marketIntervalMs)
  const began = world.elapsedMs
  const samples: Sample[] = []
  const cutEveryMs = (24 * hourMs) / cutsADay
  let cutAt = began + cutEveryMs / 2
  let cuts = 0
  for (let hour = 1; hour <= Math.ceil(hours); hour++) {
    const end = began + Math.min(hour, hours) * hourMs
    for (; cutAt < end; cutAt += cutEveryMs) {
      await pass(world, cutAt - world.elapsedMs)
      cut(world, cuts++)
    }
    await pass(world, Math.max(0, end - world.elapsedMs))
    await recovered(world)
    // What is still looked at after a gap has been, by then.
    await pass(world, 30_000)
    collect()
    const sample: Sample = {
      heapMb: process.memoryUsage().heapUsed / 2 ** 20,
      timers: managerClock.pendingTimers,
      sockets: network.connections.length + network.pendingRequests,
      handles: process.getActiveResourcesInfo().length,
    }
    samples.push(sample)
    process.stdout.write(`hour ${hour}: ${told(sample)}, ${reconnectionsOf(world)} reconnections\n`)
  }
  const untrue = await untrueBooks(world)
  const streams = manager.streamStates().length
  void user.close()
  await pass(world, 5_000)
  network.close()
  venue.close()
  const growing = Object.entries(slack).filter(([what, most]) => {
    return !isFlat(
      samples.map((sample) => sample[what as keyof Sample]),
      most,
    )
  })
  const verdict = growing.length === 0 ? 'flat' : `GROWING: ${growing.map(([what]) => what).join(', ')}`
  process.stdout.write(
    `${streams} streams, ${reconnectionsOf(world)} reconnections in ${hours} h: ${verdict}; ` +
      `${untrue.length} books untrue, ${managerClock.pendingTimers} timers left after close()\n`,
  )
  return growing.length === 0 && untrue.length === 0 && managerClock.pendingTimers === 0
}

/** Cuts one connection; each in its turn. */
function cut({ network }: World, turn: number): void {
  const { connections } = network
  network.faults.cut(connections[turn % connections.length])
}

function told({ heapMb, timers, sockets, handles }: Sample): string {
  return `${heapMb.toFixed(2)} MB, ${timers} timers, ${sockets} sockets, ${handles} handles`
}

function reconnectionsOf({ manager }: World): number {
  return manager.getPerformanceMetrics().reconnectionCount
}

function scriptOf(exchange: ExchangeName): Script {
  return {
    seed: 1,
    exchange,
    isPrivate: false,
    pairs,
    options: {},
    config: {},
    lifetimeMs: null,
    start: { retry: true, onRefused: 'reject' },
    latencyMs: 10,
    jitterMs: 20,
    marketIntervalMs,
    first: {
      pairs: Array.from({ length: pairs }, (_, pair) => pair),
      channels: ['orderbook', 'trades'],
    },
    steps: [],
  }
}

/** Lets time pass, one timer after the other. */
async function pass({ clock }: World, durationMs: number): Promise<void> {
  const target = clock.now() + durationMs
  while (clock.fireNext(target - clock.now())) await nextTurn()
  clock.advance(Math.max(0, target - clock.now()))
}

async function recovered(world: World): Promise<void> {
  const deadline = world.elapsedMs + recoveryMs
  while (world.doubts().length > 0 && world.elapsedMs < deadline) await pass(world, 1_000)
}

/** The market stands still, and every book must be what it is. */
async function untrueBooks(world: World): Promise<readonly string[]> {
  world.market.stop()
  await pass(world, 5_000)
  return world.pairs
    .filter((pair) => {
      const book = world.manager.orderBook(pair)
      return book === null || book.sequence !== world.market.book(pair, 1).lastId
    })
    .map(String)
}

/** What `--expose-gc` gives, without a flag to remember. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
