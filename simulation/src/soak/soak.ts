import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CommandLine } from '../command-line.js'
import { nextTurn } from '../run/next-turn.js'
import type { ExchangeName, Script } from '../script/script.js'
import { SubscribedOnce } from '../watch/subscribed-once.js'
import { World } from '../world/world.js'
import { isFlat } from './is-flat.js'

/** Streams that are carried: three of each pair. */
const pairs = 100
/** Reconnections in a day of 24 hours. */
const cutsADay = 1_000
const hourMs = 3_600_000
/** How often something happens on the market, ms: each pair trades every minute or two. */
const marketIntervalMs = 1_000
/** Trades that the market keeps of each pair: what a gap of an hour needs, and soon full, so that the market's own past does not grow while the heap is looked at. */
const keptTrades = 20
/** How long the world may take to be well again after a cut, ms. */
const recoveryMs = 60_000

/** What is left on the heap, and what waits, at the end of one hour. */
interface Sample {
  readonly hour: number
  readonly heapMb: number
  readonly timers: number
  readonly reconnections: number
}

/** A day of reconnections on a clock of its own. Prints what each hour leaves behind; returns the exit code: 1 where that grows, or a book is not true in the end. */
export async function soak({ exchange = 'gateio_spot', hours }: CommandLine): Promise<number> {
  const collect = garbageCollector()
  const world = new World(scriptOf(exchange), (one) => [new SubscribedOnce(one)], { keptTrades })
  const { market, user, network, manager, managerClock, venue } = world
  market.start(marketIntervalMs)
  void user.start()
  await pass(world, 30_000)
  const samples: Sample[] = []
  const cutEveryMs = (24 * hourMs) / cutsADay
  let cutAt = world.elapsedMs + cutEveryMs
  for (let hour = 1; hour <= Math.ceil(hours); hour++) {
    const end = Math.min(hour, hours) * hourMs
    for (; cutAt < end; cutAt += cutEveryMs) {
      await pass(world, cutAt - world.elapsedMs)
      network.faults.cut()
    }
    await pass(world, Math.max(0, end - world.elapsedMs))
    await recovered(world)
    // What is still looked at after a gap has been, by then.
    await pass(world, 10_000)
    collect()
    const sample: Sample = {
      hour,
      heapMb: process.memoryUsage().heapUsed / 2 ** 20,
      timers: managerClock.pendingTimers,
      reconnections: manager.getPerformanceMetrics().reconnectionCount,
    }
    samples.push(sample)
    const { heapMb, timers, reconnections } = sample
    process.stdout.write(`hour ${hour}: ${heapMb.toFixed(1)} MB, ${timers} timers, ${reconnections} reconnections\n`)
  }
  const untrue = await untrueBooks(world)
  const streams = manager.streamStates().length
  void user.close()
  await pass(world, 5_000)
  network.close()
  venue.close()
  const flat = isFlat(samples.map(({ heapMb }) => heapMb)) && isFlat(samples.map(({ timers }) => timers))
  process.stdout.write(
    `${streams} streams, ${samples.at(-1)?.reconnections ?? 0} reconnections in ${hours} h: heap and timers ${flat ? 'flat' : 'GROWING'}, ` +
      `${untrue.length} books untrue, ${managerClock.pendingTimers} timers left after close()\n`,
  )
  return flat && untrue.length === 0 && managerClock.pendingTimers === 0 ? 0 : 1
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
      channels: ['orderbook', 'trades', 'book_ticker'],
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
