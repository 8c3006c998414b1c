import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AcmeVenue } from './support/acme-venue.js'
import { ManagerBench, streamOf } from './support/manager-bench.js'

const bases = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
const someBases = fc.subarray(bases, { minLength: 1 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('subscribe' as const), bases: someBases }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), bases: someBases }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cut' as const), pick: fc.nat({ max: 5 }), clean: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('upgrade' as const), pick: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('withhold' as const), isOn: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), times: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), turns: fc.integer({ min: 1, max: 12 }) }) },
)

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const symbolsOf = (wanted: Iterable<string>): string[] => [...wanted].map((base) => `${base}/USDT`)

/** A manager, the venue it is on, and what it should carry by now. */
class Run {
  readonly venue: AcmeVenue
  readonly bench: ManagerBench
  readonly wanted: Set<string> = new Set(['A'])
  /** The last value that was pushed. */
  pushed = 0
  readonly heard: { readonly base: string; readonly value: number }[] = []
  /** Codes of the calls that were rejected. */
  readonly rejections: Set<string> = new Set()
  #open = 0

  constructor(venue: AcmeVenue, isSlow: boolean) {
    this.venue = venue
    this.bench = new ManagerBench(venue.url, { acme: { limits: { streamsPerConnection: 3 } } })
    this.bench.onMessage = ({ symbol, sequence }) => {
      if (symbol !== null && sequence !== null) this.heard.push({ base: symbol.base, value: sequence })
      return isSlow ? turn() : undefined
    }
  }

  async take(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Promise<void> {
    const { manager } = this.bench
    for (const action of steps) {
      const connected = this.venue.connected
      if (action.do === 'subscribe') {
        for (const base of action.bases) this.wanted.add(base)
        this.#call(manager.subscribe(symbolsOf(action.bases)))
      } else if (action.do === 'unsubscribe') {
        for (const base of action.bases) this.wanted.delete(base)
        this.#call(manager.unsubscribe(symbolsOf(action.bases)))
      } else if (action.do === 'cut') {
        const client = connected[action.pick % Math.max(1, connected.length)]
        if (action.clean) client?.socket.close()
        else client?.socket.terminate()
      } else if (action.do === 'upgrade') {
        connected[action.pick % Math.max(1, connected.length)]?.socket.send(JSON.stringify({ upgrade: true }))
      } else if (action.do === 'push') {
        for (let index = 0; index < action.times; index += 1) this.push()
      } else if (action.do === 'withhold') {
        this.venue.withholds = () => action.isOn
        if (!action.isOn) this.venue.release()
      } else {
        await this.#pass(action.turns)
      }
    }
  }

  /** Lets everything come to rest; what a call could not have, because its very first connection was cut, is asked for again. */
  async settle(): Promise<void> {
    this.venue.withholds = () => false
    this.venue.release()
    await this.passUntil(() => this.#open === 0)
    let isDone = false
    while (!isDone && this.#open === 0) {
      const again = this.bench.manager.subscribe(symbolsOf(this.wanted)).then(() => {
        isDone = true
      })
      this.#call(again)
      await this.passUntil(() => this.#open === 0)
    }
    let restedFor = 0
    await this.passUntil(() => {
      restedFor = this.#isAtRest() ? restedFor + 1 : 0
      return restedFor === 20
    })
  }

  /** One more value for every stream, to whatever connections carry it. */
  push(): void {
    this.pushed += 1
    for (const base of bases) this.venue.push(streamOf(base), this.pushed)
  }

  get openCalls(): number {
    return this.#open
  }

  /** Each stream the venue has for us, once for each connection that carries it. */
  get carried(): string[] {
    return this.venue.connected.flatMap(({ streams }) => [...streams].map((stream) => stream.slice(12, -5))).sort()
  }

  #isAtRest(): boolean {
    const { connections } = this.bench.manager.getPerformanceMetrics()
    const isActive = connections.every(({ streams, activeStreams }) => streams === activeStreams)
    const { clients, connected } = this.venue
    const isStill = clients.every(
      ({ socket }) => socket.readyState === socket.OPEN || socket.readyState === socket.CLOSED,
    )
    return isActive && isStill && connected.length === connections.length && this.bench.manager.isConnected()
  }

  #call(promise: Promise<void>): void {
    this.#open += 1
    promise
      .catch((error) => this.rejections.add(error.code))
      .finally(() => {
        this.#open -= 1
      })
  }

  async #pass(turns: number): Promise<void> {
    for (let index = 0; index < turns; index += 1) {
      const nextInMs = this.bench.clock.nextTimerInMs
      // Delays before an attempt pass, deadlines do not.
      if (nextInMs !== null && nextInMs < 1_000) this.bench.clock.advance(nextInMs)
      await turn()
    }
  }

  /** Gives up after a while, so that what is wrong shows in what is expected afterwards. */
  async passUntil(condition: () => boolean): Promise<void> {
    for (let turns = 0; turns < 2_000 && !condition(); turns += 1) await this.#pass(1)
  }
}

test('every wanted stream is carried by one connection, and no message comes twice or late or uncounted, whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, isSlow) => {
      const venue = await AcmeVenue.start()
      const run = new Run(venue, isSlow)
      const { bench } = run
      try {
        await bench.start('A')
        await run.take(steps)
        await run.settle()
        const wanted = [...run.wanted].sort()
        expect([run.openCalls, [...run.rejections].filter((code) => code !== 'ERR_CONNECTION_CLOSED')]).toEqual([0, []])
        expect(run.carried).toEqual(wanted)
        expect(venue.connected.every(({ streams }) => streams.size <= 3)).toBe(true)
        expect(
          bench.manager
            .streamStates()
            .map(({ symbol }) => symbol?.base)
            .sort(),
        ).toEqual(wanted)
        // What is pushed now arrives everywhere, and everything that ever arrived did so once and in order.
        run.push()
        const latest = (): string[] => run.heard.filter(({ value }) => value === run.pushed).map(({ base }) => base)
        await run.passUntil(() => latest().length >= wanted.length)
        expect(latest().sort()).toEqual(wanted)
        for (const base of bases) {
          const values = run.heard.filter((one) => one.base === base).map(({ value }) => value)
          expect(values).toEqual([...new Set(values)].sort((one, other) => one - other))
        }
        for (const { symbol, messages } of bench.manager.getPerformanceMetrics().streams) {
          expect(messages).toBe(run.heard.filter(({ base }) => base === symbol?.base).length)
        }
        await bench.close()
        expect(bench.clock.pendingTimers).toBe(0)
      } finally {
        await bench.close()
        await venue.close()
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
})
