import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../src/config/logger.js'
import { type Alert, createPublicExchange, type FeedListeners } from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { acmeSpot } from './support/acme-exchange.js'
import { type BenchOptions, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** A manager whose handler has not come back in time, which is an alert at once. */
async function stuck(
  options: BenchOptions = {},
  onAlert: (alert: Alert, bench: ManagerBench) => unknown = () => {},
): Promise<ManagerBench & { readonly alerts: Alert[] }> {
  const alerts: Alert[] = []
  const bench: ManagerBench = acme.build({
    config: { messageTimeoutMs: 100 },
    onAlert: (alert) => {
      alerts.push(alert)
      return onAlert(alert, bench)
    },
    ...options,
  })
  bench.onMessage = () => new Promise(() => {})
  await bench.start('A')
  acme.venue.push(streamOf('A'), 1)
  await bench.until(() => bench.values.length === 1)
  bench.clock.advance(100)
  await bench.until(() => bench.errors.length > 0)
  await new Promise((resolve) => setImmediate(resolve))
  return Object.assign(bench, { alerts })
}

const kinds = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ kind, status }) => `${kind} ${status}`)

describe('a manager', () => {
  test('tells an alert after what it follows from, lists it and counts it', async () => {
    const order: string[] = []
    const { manager } = await stuck({}, ({ kind }, { errors }) => order.push(`${kind} after ${errors.length} error`))
    expect(order).toEqual(['slow-handler after 1 error'])
    expect(manager.alerts).toMatchObject([{ exchange: 'acme_spot', kind: 'slow-handler', status: 'raised' }])
    const { activeAlerts, alertsByKind } = manager.getPerformanceMetrics()
    expect([activeAlerts, alertsByKind['slow-handler'], alertsByKind.drop]).toEqual([1, 1, 0])
  })

  test('clears it once it is well', async () => {
    const { manager, clock, alerts } = await stuck()
    for (let second = 0; second < 125; second += 1) clock.advance(1_000)
    expect([kinds(alerts), manager.alerts]).toEqual([['slow-handler raised', 'slow-handler cleared'], []])
  })

  test('logs it: as an error where it is critical', async () => {
    const lines: unknown[] = []
    const write =
      (level: string) =>
      (fields: object): void =>
        void lines.push({ level, ...fields })
    const log: Log = {
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: () => log,
      isLevelEnabled: (level) => level !== 'trace',
    }
    const { clock } = await stuck({ logger: log })
    for (let second = 0; second < 125; second += 1) clock.advance(1_000)
    const about = { event: 'alert', kind: 'slow-handler', severity: 'critical', connectionId: null, stream: null }
    expect(lines.filter((line) => (line as { readonly event: string }).event === 'alert')).toMatchObject([
      { level: 'error', status: 'raised', reason: expect.stringContaining('did not come back'), ...about },
      { level: 'info', status: 'cleared', reason: expect.stringMatching(/^well again, after /), ...about },
    ])
  })

  test('that is closed clears nothing, and goes on saying how it was', async () => {
    const bench = await stuck()
    await bench.close()
    bench.clock.advance(3_600_000)
    expect([kinds(bench.alerts), kinds(bench.manager.alerts)]).toEqual([
      ['slow-handler raised'],
      ['slow-handler raised'],
    ])
    expect([bench.manager.getPerformanceMetrics().activeAlerts, bench.clock.pendingTimers]).toEqual([1, 0])
  })

  test('is not harmed by a listener that throws or rejects', async () => {
    for (const onAlert of [
      () => {
        throw new Error('mine')
      },
      () => Promise.reject(new Error('mine')),
    ]) {
      const { errors, manager } = await stuck({}, onAlert)
      expect(errors.map(({ code }) => code)).toEqual(['ERR_HANDLER_TIMEOUT', 'ERR_HANDLER_FAILED'])
      expect(kinds(manager.alerts)).toEqual(['slow-handler raised'])
    }
  })

  test('may be closed by whoever is told', async () => {
    let closed: Promise<void> | null = null
    const bench = await stuck({}, (_alert, { manager }) => {
      closed = manager.close()
    })
    bench.clock.advance(1_000)
    await closed
    expect([kinds(bench.alerts), bench.clock.pendingTimers]).toEqual([['slow-handler raised'], 0])
  })

  test('watches over nothing with alerts: false', async () => {
    const { alerts, manager } = await stuck({ alerts: false })
    expect([alerts, manager.alerts, manager.getPerformanceMetrics().activeAlerts]).toEqual([[], [], 0])
  })

  test('has none before it is initialised, nor after that has failed', async () => {
    const alerts: Alert[] = []
    const bench = acme.build({ acme: { url: 'ws://127.0.0.1:9' }, onAlert: (alert) => alerts.push(alert) })
    expect(bench.manager.alerts).toEqual([])
    await expect(bench.start('A')).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
    expect([alerts, bench.manager.alerts, bench.clock.pendingTimers]).toEqual([[], [], 0])
  })

  test('refuses options that cannot be meant', () => {
    expect(() => acme.build({ alerts: { latencyMs: 5 } as never })).toThrow(
      'latencyMs is not an option (did you mean latencyP99Ms?)',
    )
    expect(() => acme.build({ alerts: true as never })).toThrow('The options of alerts are not valid')
    expect(() => acme.build({ onAlert: 5 as never })).toThrow('onAlert must be a function')
  })
})

describe('a feed', () => {
  const feedOf = async (on: FeedListeners, clock: ManualClock) =>
    createPublicExchange({
      exchange: acmeSpot,
      symbols: ['A/USDT'],
      channels: ['book_ticker'],
      options: { url: acme.venue.url },
      config: { messageTimeoutMs: 100 },
      alerts: { ignore: ['latency'] },
      clock,
      on,
    })

  test('has them as the event alert, and lists them', async () => {
    const clock = new ManualClock()
    const told: string[] = []
    let isHandling = false
    const feed = await feedOf(
      {
        error: () => {},
        alert: ({ kind }) => void told.push(kind),
        book_ticker: () => {
          isHandling = true
          return new Promise(() => {})
        },
      },
      clock,
    )
    acme.venue.push(streamOf('A'), 1)
    while (!isHandling) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(100)
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect([told, kinds(feed.alerts)]).toEqual([['slow-handler'], ['slow-handler raised']])
    const closed = feed.close()
    clock.advance(1_000)
    await closed
  })
})

describe('the flight recorder', () => {
  let directory = ''

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapewire-alerts-'))
  })

  afterEach(() => rm(directory, { recursive: true }))

  test('writes down what came before an alert', async () => {
    const reasons: string[] = []
    const bench = await stuck({
      flightRecorder: { directory },
      onFlight: ({ reason, detail }) => reasons.push(`${reason}: ${detail}`),
    })
    bench.clock.advance(1_000)
    while (reasons.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(reasons).toEqual([
      'alert: slow-handler: the handler did not come back from 1 message in the last minute within messageTimeoutMs',
    ])
    expect((await readdir(directory)).some((name) => name.includes('-alert-'))).toBe(true)
  })
})
