import { spawnSync } from 'node:child_process'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { type PerformanceMetrics, StreamError, WebSocketManager } from '../src/index.js'
import { metricTable } from '../src/prometheus/metric-table.js'
import { type MeasuredFeed, prometheusMetrics } from '../src/prometheus.js'
import { acmeSpot } from './support/acme-exchange.js'

const untouched = new WebSocketManager({ strategies: acmeSpot.public() }).getPerformanceMetrics()

/** A feed that has measured this, and counts how often it is asked. */
function feed(measured: object = {}): MeasuredFeed & { asked: number } {
  const metrics = { ...untouched, ...measured } as PerformanceMetrics
  return {
    exchange: 'acme_spot',
    asked: 0,
    getPerformanceMetrics() {
      this.asked += 1
      return metrics
    },
  }
}

/** The series of a metric, as they are written, without what is before their labels. */
function series(text: string, name: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.startsWith(`tapewire_${name}{`))
  return lines.map((line) => line.slice(`tapewire_${name}`.length))
}

const stream = {
  stream: { id: 'trades.BTC_USDT' },
  symbol: { name: 'BTC/USDT' },
  channel: 'trades',
  status: 'live',
  messages: 7,
  lastMessageAt: 1_500,
  lastLagMs: null,
  gaps: 0,
  backfilled: 0,
}
const connection = {
  ...untouched,
  connectionId: 'acme_spot#1',
  state: 'connected',
  breaker: 'closed',
  nextAttemptAt: null,
  streams: 2,
  activeStreams: 1,
  arrivals: null,
}

describe('the metrics of a feed', () => {
  test('are told in seconds, bytes and shares, by channel where they are counted so', async () => {
    const windows = {
      ...untouched.windows,
      last10s: { ...untouched.windows.last10s, averageLagMs: 12.5 },
      last1min: { ...untouched.windows.last1min, complianceRate: 0.75 },
    }
    const messagesByChannel = { orderbook: 3, trades: 2 }
    const text = await prometheusMetrics(feed({ windows, messagesByChannel, bytesReceived: 2_048 })).metrics()
    expect(series(text, 'messages_total')).toEqual([
      '{exchange="acme_spot",feed="1",channel="orderbook"} 3',
      '{exchange="acme_spot",feed="1",channel="trades"} 2',
    ])
    expect(series(text, 'received_bytes_total')).toEqual(['{exchange="acme_spot",feed="1"} 2048'])
    expect(series(text, 'lag_seconds')).toEqual(['{exchange="acme_spot",feed="1"} 0.0125'])
    expect(series(text, 'compliance_ratio')).toEqual(['{exchange="acme_spot",feed="1"} 0.75'])
    expect(text).toContain('# TYPE tapewire_messages_total counter\n')
  })

  test('are left out where they are not known', async () => {
    expect(series(await prometheusMetrics(feed()).metrics(), 'max_lag_seconds')).toEqual([])
  })

  test('have their counters from 0, so that the first event is an increase', async () => {
    const text = await prometheusMetrics(feed({ droppedByChannel: { trades: 4 } })).metrics()
    expect(series(text, 'dropped_messages_total')).toContain('{exchange="acme_spot",feed="1",channel="trades"} 4')
    expect(series(text, 'dropped_messages_total')).toContain('{exchange="acme_spot",feed="1",channel="orderbook"} 0')
    expect(series(text, 'superseded_messages_total')).toContain('{exchange="acme_spot",feed="1",channel="ticker"} 0')
  })

  test('have histograms whose buckets hold all that is not longer, in seconds', async () => {
    const processingTimes = { boundsMs: [0.5, 1], counts: [3, 2, 1], count: 6, sumMs: 40 }
    const text = await prometheusMetrics(feed({ processingTimes })).metrics()
    const of = 'exchange="acme_spot",feed="1"'
    expect(series(text, 'processing_seconds_bucket')).toEqual([
      `{${of},le="0.0005"} 3`,
      `{${of},le="0.001"} 5`,
      `{${of},le="+Inf"} 6`,
    ])
    expect(series(text, 'processing_seconds_sum')).toEqual([`{${of}} 0.04`])
    expect(series(text, 'processing_seconds_count')).toEqual([`{${of}} 6`])
  })

  test('say how each connection is', async () => {
    const lost = { ...connection, connectionId: 'acme_spot#2', state: 'error', breaker: 'open', nextAttemptAt: 2_500 }
    const text = await prometheusMetrics(feed({ connections: [connection, lost] })).metrics()
    const labels = (id: number): string => `{exchange="acme_spot",feed="1",connection="acme_spot#${id}"}`
    expect(series(text, 'connection_up')).toEqual([`${labels(1)} 1`, `${labels(2)} 0`])
    expect(series(text, 'connection_breaker_open')).toEqual([`${labels(1)} 0`, `${labels(2)} 1`])
    expect(series(text, 'connection_next_attempt_timestamp_seconds')).toEqual([`${labels(2)} 2.5`])
    expect(series(text, 'connection_first_messages_total')).toEqual([])
  })

  test('count streams by channel and status, and name instruments where that is asked for', async () => {
    const stale = { ...stream, stream: { id: 'trades.ETH_USDT' }, symbol: { name: 'ETH/USDT' }, status: 'stale' }
    const streams = [stream, stale, { ...stream, stream: { id: 'trades.SOL_USDT' } }]
    const usual = await prometheusMetrics(feed({ streams })).metrics()
    expect(series(usual, 'streams')).toEqual([
      '{exchange="acme_spot",feed="1",channel="trades",status="live"} 2',
      '{exchange="acme_spot",feed="1",channel="trades",status="stale"} 1',
    ])
    expect(usual).not.toContain('BTC')
    const each = await prometheusMetrics(feed({ streams: [stream] }), { perStream: true }).metrics()
    expect(series(each, 'stream_messages_total')).toEqual([
      '{exchange="acme_spot",feed="1",channel="trades",symbol="BTC/USDT",stream="trades.BTC_USDT"} 7',
    ])
    expect(series(each, 'stream_last_message_timestamp_seconds')[0]).toMatch(/ 1\.5$/)
  })

  test('say of the process what the feed knows that has seen most of it, once', async () => {
    const seen = (pauses: number): object => ({
      eventLoop: { ...untouched.eventLoop, delayP99Ms: 25 },
      gc: { ...untouched.gc, pauses, byKind: { ...untouched.gc.byKind, minor: pauses } },
    })
    const text = await prometheusMetrics([feed(seen(3)), feed(seen(9)), feed(seen(1))]).metrics()
    expect(series(text, 'gc_pauses_total')).toContain('{kind="minor"} 9')
    expect(text).toContain('\ntapewire_event_loop_delay_p99_seconds 0.025\n')
  })

  test('say where the time of a frame goes, and which alerts there were', async () => {
    const parser = { ...untouched.stages.parser, averageMs: 0.5 }
    const measured = { stages: { ...untouched.stages, parser }, activeAlerts: 1, alertsByKind: { drop: 2 } }
    const text = await prometheusMetrics(feed(measured)).metrics()
    expect(series(text, 'stage_mean_seconds')).toContain('{exchange="acme_spot",feed="1",stage="parser"} 0.0005')
    expect(series(text, 'active_alerts')).toEqual(['{exchange="acme_spot",feed="1"} 1'])
    expect(series(text, 'alerts_total')).toEqual(['{exchange="acme_spot",feed="1",kind="drop"} 2'])
  })

  test('are read once for all of one scrape, and anew for the next', async () => {
    const one = feed()
    const registry = prometheusMetrics(one)
    await registry.metrics()
    expect(one.asked).toBe(1)
    await registry.metrics()
    expect(one.asked).toBe(2)
  })
})

describe('several feeds', () => {
  test('of one exchange are told apart, and a series is never given to another feed', async () => {
    const [first, second, third] = [feed({ errorCount: 1 }), feed({ errorCount: 2 }), feed({ errorCount: 3 })]
    const feeds = new Set([first, second])
    const registry = prometheusMetrics(feeds)
    expect(series(await registry.metrics(), 'errors_total')).toEqual([
      '{exchange="acme_spot",feed="1"} 1',
      '{exchange="acme_spot",feed="2"} 2',
    ])
    feeds.delete(first)
    feeds.add(third)
    expect(series(await registry.metrics(), 'errors_total')).toEqual([
      '{exchange="acme_spot",feed="2"} 2',
      '{exchange="acme_spot",feed="3"} 3',
    ])
  })

  test('have the names that they are given', async () => {
    const named = new Map([
      [feed(), 'market'],
      [feed(), 'account'],
    ])
    const registry = prometheusMetrics([...named.keys()], { nameOf: (one) => named.get(one as never) ?? '' })
    expect(series(await registry.metrics(), 'errors_total')).toEqual([
      '{exchange="acme_spot",feed="market"} 0',
      '{exchange="acme_spot",feed="account"} 0',
    ])
  })
})

describe('a registry', () => {
  test('is the one that was given, with what else it has', () => {
    const register = new Registry()
    expect(prometheusMetrics(feed(), { register, prefix: 'desk_' })).toBe(register)
    expect(register.getSingleMetric('desk_errors_total')).toBeDefined()
  })

  test('has the metrics of the table and no other, those of streams where they are asked for', () => {
    const names = (options: { perStream?: boolean }): readonly string[] =>
      prometheusMetrics(feed(), options)
        .getMetricsAsArray()
        .map(({ name }) => name)
    const inTable = (rows: typeof metricTable): readonly string[] => rows.map(({ name }) => `tapewire_${name}`)
    expect(names({ perStream: true })).toEqual(inTable(metricTable))
    expect(names({})).toEqual(inTable(metricTable.filter(({ subject }) => subject !== 'stream')))
  })

  test('for OpenMetrics has counters under their name there', async () => {
    const register = new Registry() as Registry<never>
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    const text = await prometheusMetrics(feed(), { register: register as unknown as Registry }).metrics()
    expect(text).toContain('# TYPE tapewire_errors counter\ntapewire_errors_total{')
    expect(text.endsWith('# EOF\n')).toBe(true)
  })

  test.each([
    [{ prefix: '9_' }, 'prefix'],
    [{ prefix: 'a-b' }, 'prefix'],
    [{ perStraem: true }, 'did you mean perStream?'],
    [{ register: 'mine' }, 'register'],
  ])('refuses %j', (options, named) => {
    const make = (): Registry => prometheusMetrics(feed(), options as object)
    expect(make).toThrow(StreamError)
    expect(make).toThrow(named)
  })

  test.each([[null], [undefined], [{}], ['acme_spot'.length]])('is not made of %j', (feeds) => {
    expect(() => prometheusMetrics(feeds as never)).toThrow('There is no feed')
  })
})

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

test.skipIf(!hasPromtool)('promtool finds nothing wrong with names, units and help', async () => {
  const metrics = feed({ streams: [stream], connections: [connection], decoderFallbacks: { trades: 1 } })
  const input = await prometheusMetrics(metrics, { perStream: true }).metrics()
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
  expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' })
})
