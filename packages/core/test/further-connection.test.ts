import { describe, expect, test } from 'vitest'
import type { SubscriptionError } from '../src/index.js'
import { type BenchOptions, carriedBy, type ManagerBench, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const rows = [
  { transport: 'walker', redundancy: 1 },
  { transport: 'ws', redundancy: 1 },
  { transport: 'walker', redundancy: 2 },
] as const

describe.each(rows)(
  'a subscribe() that needs a further connection, over $transport with redundancy $redundancy',
  ({ transport, redundancy }) => {
    /** A has a connection of its own, or two, and the exchange takes no other. No ping falls into what is tested. */
    async function refused(config: BenchOptions['config'] = {}): Promise<ManagerBench> {
      const bench = acme.build({
        config: { redundancy, ...config },
        acme: { socket: { transport }, limits: { streamsPerConnection: 1 }, context: { pingIntervalMs: 3_600_000 } },
      })
      await bench.start('A')
      await acme.venue.until(() => carriedBy(acme.venue).filter((streams) => streams === 'A').length === redundancy)
      acme.venue.refuseWith = 503
      return bench
    }

    /** Each attempt that failed announces the next. */
    const failures = ({ states }: ManagerBench): number => states.filter((state) => state === 'reconnecting').length

    /** Lets the attempts be made one after the other until this holds: none of them is waited for as long as what tells a dead server. */
    async function passUntil({ clock }: ManagerBench, isDone: () => boolean): Promise<void> {
      while (!isDone()) {
        if ((clock.nextTimerInMs ?? 0) <= 5_000) clock.advance(clock.nextTimerInMs ?? 0)
        await turn()
      }
    }

    /** Whether it waits still once attempts have failed. */
    async function failed(bench: ManagerBench, call: Promise<void>): Promise<SubscriptionError | null> {
      let thrown: SubscriptionError | null = null
      call.catch((reason) => {
        thrown = reason
      })
      await passUntil(bench, () => failures(bench) >= 3 || thrown !== null)
      return thrown
    }

    test('resolves once that is made, however often it could not be', async () => {
      const bench = await refused()
      const subscribed = bench.manager.subscribe(['B/USDT'])
      expect(await failed(bench, subscribed)).toBeNull()
      acme.venue.refuseWith = 0
      await passUntil(bench, () => carriedBy(acme.venue).includes('B'))
      await subscribed
      expect(bench.errors).toEqual([])
    })

    test('goes on for another that finds room on it meanwhile', async () => {
      const bench = await refused()
      const first = bench.manager.subscribe(['B/USDT'])
      const second = bench.manager.subscribe(['B/USDT', 'C/USDT'])
      expect(await failed(bench, first)).toBeNull()
      acme.venue.refuseWith = 0
      await passUntil(bench, () => ['B', 'C'].every((base) => carriedBy(acme.venue).includes(base)))
      await Promise.all([first, second])
    })

    test('rejects naming every stream once that is given up, and leaves nothing of it', async () => {
      const bench = await refused({ reconnectTimeLimitMs: 5_000 })
      const call = bench.manager.subscribe(['B/USDT', 'C/USDT'])
      let thrown: SubscriptionError | null = null
      call.catch((reason) => {
        thrown = reason
      })
      await passUntil(bench, () => thrown !== null)
      expect(thrown).toMatchObject({ name: 'SubscriptionError', code: 'ERR_RECONNECT_EXHAUSTED' })
      const reason = expect.stringMatching(/^The connection was given up after \d+ attempts to make it\.$/)
      expect((thrown as unknown as SubscriptionError).rejected).toMatchObject([
        { symbol: 'B/USDT', reason },
        { symbol: 'C/USDT', reason },
      ])
      expect(bench.manager.streamStates().map(({ symbol }) => String(symbol))).toEqual(['A/USDT'])
      expect(bench.manager.getPerformanceMetrics().connections).toHaveLength(redundancy)
      expect(bench.manager.isConnected()).toBe(true)
    })

    test('rejects naming every stream once the manager is closed', async () => {
      const bench = await refused()
      const call = bench.manager.subscribe(['B/USDT'])
      expect(await failed(bench, call)).toBeNull()
      await bench.close()
      await expect(call).rejects.toMatchObject({
        name: 'SubscriptionError',
        code: 'ERR_CLOSED',
        rejected: [{ symbol: 'B/USDT', reason: 'The manager was closed before the exchange answered.' }],
      })
      expect(bench.clock.pendingTimers).toBe(0)
    })

    test('is taken back by its signal, and with it the connection', async () => {
      const bench = await refused()
      const controller = new AbortController()
      const call = bench.manager.subscribe(['B/USDT'], undefined, { signal: controller.signal })
      expect(await failed(bench, call)).toBeNull()
      controller.abort(new Error('enough'))
      await expect(call).rejects.toThrow('enough')
      await passUntil(bench, () => bench.manager.getPerformanceMetrics().connections.length === redundancy)
      expect(bench.manager.streamStates().map(({ symbol }) => String(symbol))).toEqual(['A/USDT'])
    })

    test('resolves where its streams are unsubscribed meanwhile', async () => {
      const bench = await refused()
      const call = bench.manager.subscribe(['B/USDT'])
      expect(await failed(bench, call)).toBeNull()
      await bench.manager.unsubscribe(['B/USDT'])
      await call
      expect(bench.manager.getPerformanceMetrics().connections).toHaveLength(redundancy)
    })
  },
)
