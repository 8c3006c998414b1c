import type { Instrument } from '@tapewire/core'
import { endOf, type Script } from '../script/script.js'
import { allWatches } from '../watch/all-watches.js'
import { perform } from '../world/perform.js'
import { type Violation, World } from '../world/world.js'
import { catching } from './catching.js'
import { nextTurn } from './next-turn.js'

/** How long it may take until everything is well again once nothing goes wrong any more, ms: the longest waits of a breaker, a backoff and a request, one after the other. */
const recoveryMs = 400_000
/** How long the market goes on once all is well, and how long what it said last may be under way, ms. */
const aftermathMs = 1_500
const drainMs = 2_000
/** How long `close()` may take, ms: its own time-out, and a listen key's way back. */
const closeMs = 30_000
/** How often the world is asked whether it is at rest, ms. */
const restCheckMs = 500

/** How a run came out. */
export interface Outcome {
  readonly script: Script
  /** Null where everything held. */
  readonly violation: Violation | null
  /** Moments at which something happened, each of which was looked at. */
  readonly moments: number
  /** How long it took on its own clock, ms. */
  readonly virtualMs: number
  /** Connections that were asked for. */
  readonly connections: number
  /** Empty unless it was to be kept. */
  readonly trace: readonly string[]
}

/** Runs a script from its beginning to the close, or to the first thing that does not hold. The same script runs the same way every time. */
export async function runScript(
  script: Script,
  { isTraced = false }: { readonly isTraced?: boolean } = {},
): Promise<Outcome> {
  const world = new World(script, allWatches, { isTraced })
  const run = new Run(world)
  const stopCatching = catching((thrown) => world.violate('threw', describeThrown(thrown)))
  try {
    await run.all()
  } finally {
    await run.end()
    stopCatching()
  }
  return {
    script,
    violation: world.violation,
    moments: run.moments,
    virtualMs: world.elapsedMs,
    connections: world.network.connectionsSeen,
    trace: world.trace.lines,
  }
}

class Run {
  moments = 0
  #isMarketOn = false
  readonly #world: World
  /** What goes on until it is ended, by the kind of it: the newest of a kind counts. */
  readonly #lasting = new Map<string, { readonly until: number; readonly end: () => void }>()

  constructor(world: World) {
    this.#world = world
  }

  async all(): Promise<void> {
    const world = this.#world
    const { script, user } = world
    this.#startMarket()
    void user.start()
    await this.#script()
    if (user.phase === 'starting' || user.phase === 'started') await this.#rest()
    void user.close()
    // Where nothing waits for a timer any more, time would go on before anybody has had their say.
    await nextTurn()
    await this.#until(closeMs, () => user.phase === 'closed')
    if (world.violation !== null) return
    if (user.phase !== 'closed') world.violate('nothing left', `close() has not come back after ${closeMs} ms`)
    // The last frames reach the server, and the emulation learns what it lost.
    await this.#until(2 * (script.latencyMs + script.jitterMs) + 1_000, () => false)
    if (world.violation === null) world.checkClosed()
  }

  /** Ends the world, whatever state it is in. */
  async end(): Promise<void> {
    const { market, venue, network, user, clock } = this.#world
    market.stop()
    for (const { end } of this.#lasting.values()) end()
    // A run that failed is left in the middle: what an adapter keeps in this process is given back all the same.
    void user.close()
    for (let turn = 0; turn < 60 && user.phase !== 'closed'; turn++) {
      quietly(() => clock.advance(500))
      await nextTurn()
    }
    network.close()
    venue.close()
  }

  /** Updates that are still to be skipped would be the last ones, of which nobody can know. */
  async #useUpSkips(): Promise<void> {
    const { script, market, pairs } = this.#world
    const skipped = script.steps.flatMap((step) =>
      step.kind === 'skip-updates' ? [pairs[step.pair] as Instrument] : [],
    )
    for (let push = 0; push < 4 && skipped.length > 0; push++) {
      for (const pair of skipped) market.step(pair)
      await this.#until(150, () => false)
    }
  }

  /** To start it again would have it wait anew. */
  #startMarket(): void {
    if (this.#isMarketOn) return
    this.#isMarketOn = true
    this.#world.market.start(this.#world.script.marketIntervalMs)
  }

  async #script(): Promise<void> {
    const world = this.#world
    const { script } = world
    for (const step of script.steps) {
      await this.#until(step.at - world.elapsedMs, () => false)
      if (world.violation !== null) return
      // One of a kind at a time: the newest counts.
      this.#lasting.get(step.kind)?.end()
      const { end } = perform(world, step)
      if (end !== null && 'forMs' in step) {
        this.#lasting.set(step.kind, { until: step.at + step.forMs, end })
      }
      await this.#look()
    }
    await this.#until(endOf(script) - world.elapsedMs, () => false)
    this.#endLasting(Number.POSITIVE_INFINITY)
    world.trace.note('check', 'nothing goes wrong any more')
  }

  /** Until all is well again and stays so, and then whether it is. */
  async #rest(): Promise<void> {
    const world = this.#world
    const { user } = world
    const deadline = world.elapsedMs + recoveryMs
    let doubts: readonly string[] = []
    do {
      doubts = world.doubts()
      if (world.elapsedMs >= deadline) {
        world.violate('at rest', `after ${recoveryMs / 1_000} s in which nothing went wrong: ${doubts.join('; ')}`)
      } else if (doubts.length > 0) {
        this.#startMarket()
        await this.#until(restCheckMs, () => false)
      } else {
        await this.#comeToRest()
        doubts = world.doubts()
      }
    } while (doubts.length > 0 && world.violation === null)
    if (world.violation === null && user.phase === 'started') world.checkRest()
  }

  /** The market goes on for a moment, trades each pair once more, so that there is something to have missed, and stands still until everything has arrived. */
  async #comeToRest(): Promise<void> {
    const { market, venue } = this.#world
    this.#startMarket()
    await this.#until(aftermathMs, () => false)
    if (this.#world.violation !== null) return
    await this.#useUpSkips()
    for (const pair of market.pairs) while (!market.step(pair).some(({ kind }) => kind === 'trade'));
    market.stop()
    this.#isMarketOn = false
    venue.account.stop()
    await this.#until(drainMs, () => false)
  }

  /** Lets time pass, moment by moment, until it is over, something does not hold, or `isOver`. */
  async #until(durationMs: number, isOver: () => boolean): Promise<void> {
    const world = this.#world
    const { clock } = world
    const target = clock.now() + durationMs
    while (clock.now() < target && world.violation === null && !isOver()) {
      const nextMs = Math.min(clock.nextTimerInMs ?? Number.POSITIVE_INFINITY, target - clock.now(), this.#nextEndInMs)
      await this.#pass(Math.max(0, nextMs))
      this.#endLasting(world.elapsedMs)
      await this.#look()
    }
  }

  /** Moves time on to one moment, and fires what is due then, one timer after the other: what each promises is done before the next. */
  async #pass(durationMs: number): Promise<void> {
    const { clock } = this.#world
    const moment = clock.now() + durationMs
    try {
      while (clock.fireNext(moment - clock.now())) await nextTurn()
      clock.advance(Math.max(0, moment - clock.now()))
    } catch (thrown) {
      this.#world.violate('threw', describeThrown(thrown))
    }
  }

  get #nextEndInMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { until } of this.#lasting.values()) next = Math.min(next, until)
    return next - this.#world.elapsedMs
  }

  #endLasting(now: number): void {
    for (const [kind, { until, end }] of this.#lasting) {
      if (until > now) continue
      this.#lasting.delete(kind)
      this.#world.trace.note('fault', `${kind} is over`)
      end()
    }
  }

  /** Lets everybody have their say, and looks. */
  async #look(): Promise<void> {
    this.moments += 1
    await nextTurn()
    if (this.#world.violation === null) this.#world.checkStep()
  }
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // It is over: what fails now has been told, or follows from that.
  }
}

function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
