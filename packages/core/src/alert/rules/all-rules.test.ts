import { describe, expect, test } from 'vitest'
import { AlertBench, change, lane, usual } from '../../../test/support/alert-bench.js'
import { streamOf, trackedOf } from '../../../test/support/streams.js'
import { StreamError } from '../../errors/stream-error.js'
import { type Alert, alertKinds } from '../../model/alert.js'
import { ConnectionState } from '../../model/connection-state.js'
import type { GapEvent } from '../../model/gap-event.js'
import { tradingPair } from '../../model/instrument.js'
import type { Stream, StreamStatus } from '../../model/stream.js'
import { resolveAlertOptions } from '../alert-options.js'
import { makeRules } from './all-rules.js'

const minute = 60_000

/** The one alert that was told, and how. */
function only({ told }: AlertBench): Alert | undefined {
  expect(told.map(({ status }) => status)).toEqual(['raised'])
  return told[0]
}

/** Time passes until what was raised is cleared, and nothing else is told. */
function expectCleared(bench: AlertBench, withinMs: number): void {
  bench.pass(withinMs)
  expect([bench.lines.length, bench.told.at(-1)?.status, bench.active]).toEqual([2, 'cleared', []])
}

function statusOf(stream: Stream, status: StreamStatus, since: number, reason = 'why'): Stream {
  const tracked = trackedOf(stream)
  tracked.status = status
  tracked.since = since
  tracked.reason = reason
  tracked.wanted = 1
  return stream
}

const errorOf = (code: ConstructorParameters<typeof StreamError>[0]) => new StreamError(code, `It is ${code}.`)

test('there is a rule for each kind', () => {
  expect(makeRules(resolveAlertOptions()).map(({ kind }) => kind)).toEqual(alertKinds)
})

describe('latency', () => {
  test('is critical at ten times its threshold', () => {
    const bench = new AlertBench({ ignore: ['compliance'] })
    bench.recent = { ...usual, p99ProcessingTimeMs: 500 }
    bench.pass(20_000)
    expect(only(bench)).toMatchObject({ kind: 'latency', severity: 'critical', value: 500, threshold: 50 })
    bench.recent = { ...usual, messages: 0, p99ProcessingTimeMs: 0 }
    expectCleared(bench, 70_000)
  })

  test('is none of a few messages, nor where nothing is measured', () => {
    const bench = new AlertBench()
    bench.recent = { ...usual, messages: 4, p99ProcessingTimeMs: 900, complianceRate: 0, averageLagMs: 90_000 }
    bench.pass(minute)
    bench.recent = null
    bench.pass(minute)
    expect(bench.told).toEqual([])
  })
})

describe('compliance', () => {
  test('is an alert below its share, and well a quarter of the way up from there', () => {
    const bench = new AlertBench()
    bench.recent = { ...usual, complianceRate: 0.7 }
    bench.pass(20_000)
    expect(only(bench)).toMatchObject({
      kind: 'compliance',
      reason: '70 % of 1000 messages in the last minute were processed in under 1 ms, where 80 % should be',
      value: 0.7,
      threshold: 0.8,
      unit: 'ratio',
    })
    bench.recent = { ...usual, complianceRate: 0.84 }
    bench.pass(10 * minute)
    expect(bench.active).toEqual(['compliance'])
    bench.recent = { ...usual, complianceRate: 0.86 }
    expectCleared(bench, 70_000)
  })
})

describe('stale-stream', () => {
  test('names the one stream that usually is busy', () => {
    const bench = new AlertBench()
    const [stale, live] = [streamOf('a'), streamOf('b'), streamOf('c')]
    bench.carry(statusOf(stale, 'stale', bench.clock.now(), 'nothing came'), statusOf(live, 'live', 0), streamOf('c'))
    bench.oddlyQuiet.add(stale)
    bench.pass(minute - 1_000)
    expect(bench.told).toEqual([])
    bench.pass(1_000)
    expect(only(bench)).toMatchObject({
      kind: 'stale-stream',
      severity: 'warning',
      reason: 'nothing comes on trades BTC/USDT, usually busy: stale for 60 s (nothing came)',
      stream: stale,
      connectionId: 'acme_spot#1',
    })
    statusOf(stale, 'live', bench.clock.now())
    expectCleared(bench, 62_000)
  })

  test('is one alert of a thousand, and critical where they are the half of all', () => {
    const bench = new AlertBench()
    const streams = Array.from({ length: 1_000 }, (_, index) => statusOf(streamOf(`${index}`), 'stale', 0))
    for (const stream of streams.slice(0, 499)) bench.oddlyQuiet.add(stream)
    bench.carry(...streams)
    bench.pass(1_000)
    expect(bench.told).toMatchObject([{ severity: 'warning', reason: expect.stringContaining('499 of 1000 streams') }])
    bench.oddlyQuiet.add(streams[999] as Stream)
    bench.pass(1_000)
    expect(bench.lines).toEqual(['raised warning stale-stream', 'raised critical stale-stream'])
    expect(bench.watch.active).toMatchObject([{ stream: null, connectionId: 'acme_spot#1' }])
  })

  test('is none of quiet pairs, nor of a connection that is away', () => {
    const bench = new AlertBench()
    const stream = statusOf(streamOf('a'), 'stale', 0)
    bench.carry(stream)
    bench.pass(10 * minute)
    bench.oddlyQuiet.add(stream)
    bench.groups = [{ id: 'acme_spot#1', state: ConnectionState.Reconnecting, wanted: [stream] }]
    bench.pass(10 * minute)
    expect(bench.told).toEqual([])
  })
})

describe('gap', () => {
  const stream = statusOf(streamOf('a'), 'live', 0)
  const gap: GapEvent = {
    exchange: 'acme_spot',
    stream,
    channel: 'trades',
    symbol: stream.instrument,
    from: 0,
    to: 1_000,
    reason: 'connection lost',
    action: 'lost',
    backfilled: 0,
    fault: 'what was missed cannot be fetched',
  }

  test('tells at once what is missing for good, and how often that was', () => {
    const bench = new AlertBench()
    bench.watch.hear({ kind: 'gap', gap })
    expect(only(bench)).toMatchObject({
      kind: 'gap',
      severity: 'warning',
      reason:
        '1 gap in the last five minutes not made up for, the latest of trades BTC/USDT: what it missed was lost (what was missed cannot be fetched)',
      stream,
    })
    bench.watch.hear({ kind: 'gap', gap: { ...gap, action: 'partly-backfilled', fault: 'too much' } })
    bench.pass(1_000)
    expect(bench.watch.active).toMatchObject([
      { value: 2, stream: null, reason: expect.stringMatching(/^2 gaps .* was fetched in part \(too much\)$/) },
    ])
    expectCleared(bench, 6 * minute + 2_000)
  })

  test('is none of what was made up for, nor of what nobody wants any more', () => {
    const bench = new AlertBench()
    const unwanted = streamOf('unwanted')
    for (const each of [
      { ...gap, action: 'resynchronised', fault: null } as const,
      { ...gap, action: 'backfilled', fault: null } as const,
      { ...gap, stream: unwanted },
    ])
      bench.watch.hear({ kind: 'gap', gap: each })
    bench.pass(1_000)
    expect(bench.told).toEqual([])
  })

  test('is critical where a stream is not whole for long, though its connection is up', () => {
    const bench = new AlertBench()
    const book = statusOf(streamOf('book', { channels: ['orderbook'] }), 'syncing', bench.clock.now(), 'no snapshot')
    const refused = statusOf(streamOf('refused'), 'gapped', bench.clock.now(), 'refused')
    // It has not traded yet.
    const quiet = statusOf(streamOf('quiet'), 'syncing', bench.clock.now())
    bench.books.add(book)
    bench.carry(book, refused, quiet)
    bench.pass(2 * minute - 1_000)
    expect(bench.told).toEqual([])
    bench.pass(1_000)
    expect(only(bench)).toMatchObject({
      severity: 'critical',
      reason: 'orderbook BTC/USDT and 1 other not whole for 2 min, though connected: no snapshot',
      advice: expect.stringMatching(/^Look at onError/),
    })
    statusOf(book, 'live', bench.clock.now())
    statusOf(refused, 'live', bench.clock.now())
    expectCleared(bench, 62_000)
  })

  test('is none where the connection is away: that is told as such', () => {
    const bench = new AlertBench()
    bench.groups = [
      { id: 'acme_spot#1', state: ConnectionState.Reconnecting, wanted: [statusOf(streamOf('a'), 'gapped', 0)] },
    ]
    bench.pass(10 * minute)
    expect(bench.told).toEqual([])
  })

  test('is one where a book loses updates again and again within a minute', () => {
    const bench = new AlertBench()
    const symbol = tradingPair('BTC', 'USDT')
    const news = { kind: 'book-gap', symbol, reason: 'an update is missing', stream } as const
    bench.seconds(4, () => bench.watch.hear(news))
    bench.watch.hear({ ...news, stream: streamOf('other') })
    bench.pass(1_000)
    expect(bench.told).toEqual([])
    bench.watch.hear(news)
    expect(only(bench)).toMatchObject({
      reason: 'the order book of BTC/USDT lost updates 5 times in the last minute, and was fetched anew each time',
      stream,
    })
    expectCleared(bench, 2 * minute + 2_000)
  })
})

describe('drop', () => {
  test('is none up to as many in a minute as are let pass', () => {
    const bench = new AlertBench({ drops: 2 })
    const drop = (): void => bench.watch.hear({ kind: 'drop', connectionId: 'acme_spot#2', stream: null })
    bench.seconds(2, drop)
    expect(bench.told).toEqual([])
    drop()
    expect(only(bench)).toMatchObject({
      reason: '3 messages dropped in the last minute, the latest of acme_spot#2: more waited than maxPendingMessages',
      connectionId: 'acme_spot#2',
    })
    expectCleared(bench, 2 * minute + 2_000)
  })
})

describe('schema-drift', () => {
  test('tells what was not as the adapter knows it, of all that came in a minute', () => {
    const bench = new AlertBench()
    const malformed = { kind: 'error', error: errorOf('ERR_MALFORMED_FRAME') } as const
    bench.seconds(20, () => {
      bench.messages += 100
      bench.unknown += 1
      bench.fallbacks.set('spot.trades', (bench.fallbacks.get('spot.trades') ?? 0) + 1)
      bench.watch.hear(malformed)
    })
    expect(bench.told).toMatchObject([
      {
        status: 'raised',
        kind: 'schema-drift',
        severity: 'warning',
        reason: expect.stringMatching(
          /^3 % of what came in the last minute was not as the adapter knows it: \d+ could not be read, \d+ of no known kind, \d+ left to the reference decoder \(spot\.trades\)$/,
        ),
        threshold: 0.01,
      },
    ])
    bench.seconds(2 * 60 + 2, () => {
      bench.messages += 100
    })
    expect(bench.lines.slice(1)).toEqual(['cleared warning schema-drift'])
  })

  test('is critical where the half is, and none of fewer than ten, or of a few among many', () => {
    const few = new AlertBench()
    few.unknown = 9
    few.messages = 9
    few.pass(minute)
    const among = new AlertBench()
    among.seconds(60, () => {
      among.messages += 1_000
      among.unknown += 5
    })
    expect([few.told, among.told]).toEqual([[], []])
    const half = new AlertBench()
    half.seconds(30, () => {
      half.messages += 10
      half.unknown += 5
    })
    expect(half.lines).toEqual(['raised critical schema-drift'])
  })
})

describe('reconnect-storm', () => {
  const attempt = {
    ...change,
    state: ConnectionState.Reconnecting,
    previous: ConnectionState.Reconnecting,
    error: errorOf('ERR_CONNECTION_CLOSED'),
    delayMs: 500,
  } as const
  const hear = (bench: AlertBench, connectionId: string, parts: object = {}): void =>
    bench.watch.hear({ kind: 'connection', connectionId, change: { ...attempt, attempt: 1, ...parts } })

  test('is many attempts to restore one connection, whether they succeed or not', () => {
    const bench = new AlertBench()
    bench.seconds(4, () => hear(bench, 'acme_spot#1'))
    expect(bench.told).toEqual([])
    hear(bench, 'acme_spot#1')
    expect(only(bench)).toMatchObject({
      kind: 'reconnect-storm',
      reason: '5 attempts to restore acme_spot#1 in the last five minutes; the last error was ERR_CONNECTION_CLOSED',
      connectionId: 'acme_spot#1',
      value: 5,
    })
    expectCleared(bench, 6 * minute + 2_000)
  })

  test('is none of many connections that are lost once, of a take-over, or of an open breaker', () => {
    const bench = new AlertBench()
    for (let number = 1; number <= 20; number += 1) hear(bench, `acme_spot#${number}`)
    bench.seconds(10, () => {
      hear(bench, 'acme_spot#1', { state: ConnectionState.Connected, attempt: null, delayMs: null })
      hear(bench, 'acme_spot#1', { state: ConnectionState.Error, breaker: 'open' })
    })
    expect(bench.lines).toEqual([])
  })
})

describe('breaker-open', () => {
  const opened = {
    kind: 'connection',
    connectionId: 'acme_spot#1',
    change: { ...change, state: ConnectionState.Error, breaker: 'open' },
  } as const

  test('is told at once, and over once every breaker is closed again', () => {
    const bench = new AlertBench()
    bench.lanes = [
      lane('acme_spot#1', { state: ConnectionState.Error, breaker: 'open', nextAttemptAt: bench.clock.now() + 45_000 }),
      lane('acme_spot#2'),
    ]
    bench.groups = [{ id: 'acme_spot#1', state: ConnectionState.Error, wanted: [] }]
    bench.watch.hear(opened)
    expect(only(bench)).toMatchObject({
      kind: 'breaker-open',
      severity: 'critical',
      reason: 'acme_spot#1 is down after many attempts in a row; the next is in 45 s',
      connectionId: 'acme_spot#1',
    })
    // It is up, and has yet to prove itself.
    bench.lanes = [lane('acme_spot#1', { breaker: 'half-open' }), lane('acme_spot#2')]
    bench.pass(10 * minute)
    expect(bench.active).toEqual(['breaker-open'])
    bench.lanes = [lane('acme_spot#1'), lane('acme_spot#2')]
    expectCleared(bench, 62_000)
  })

  test('is a warning where another connection carries the same streams', () => {
    const bench = new AlertBench()
    bench.lanes = [lane('acme_spot#1', { state: ConnectionState.Error, breaker: 'open' }), lane('acme_spot#1b')]
    bench.watch.hear(opened)
    expect(only(bench)).toMatchObject({
      severity: 'warning',
      reason: expect.stringMatching(/an attempt is under way$/),
    })
  })

  test('is none of a first connection that cannot be made: whoever wanted it is told', () => {
    const bench = new AlertBench()
    const givenUp = errorOf('ERR_CONNECTION_REFUSED')
    bench.lanes = [lane('acme_spot#1', { state: ConnectionState.Error, givenUp, wasUp: false })]
    bench.watch.hear(opened)
    bench.pass(5_000)
    expect(bench.told).toEqual([])
  })

  test('says of what was given up that it does not come back', () => {
    const bench = new AlertBench()
    const givenUp = errorOf('ERR_RECONNECT_EXHAUSTED')
    bench.lanes = [
      lane('acme_spot#1', { state: ConnectionState.Error, givenUp }),
      lane('acme_spot#2', { state: ConnectionState.Error, breaker: 'open' }),
    ]
    bench.groups = [{ id: 'acme_spot#1', state: ConnectionState.Error, wanted: [] }]
    bench.watch.hear(opened)
    expect(only(bench)).toMatchObject({
      severity: 'critical',
      reason: '2 of 2 connections are down, 1 of them given up for good (ERR_RECONNECT_EXHAUSTED)',
      advice: expect.stringContaining('create the feed anew'),
    })
  })
})

describe('listen-key', () => {
  test('is one that is not renewed, which is told again for as long as that lasts', () => {
    const bench = new AlertBench()
    const news = { kind: 'error', error: errorOf('ERR_LISTEN_KEY_NOT_RENEWED') } as const
    bench.watch.hear(news)
    bench.pass(10 * minute)
    bench.watch.hear(news)
    bench.pass(11 * minute)
    expect(only(bench)).toMatchObject({
      kind: 'listen-key',
      reason: 'a listen key is not renewed: It is ERR_LISTEN_KEY_NOT_RENEWED.',
    })
    expectCleared(bench, 62_000)
  })

  test('is one that has ended, once for each connection that is lost by it', () => {
    const bench = new AlertBench()
    const error = errorOf('ERR_LISTEN_KEY_ENDED')
    const lost = { ...change, state: ConnectionState.Reconnecting, error, delayMs: 0, nextAttemptAt: 0 } as const
    bench.watch.hear({ kind: 'connection', connectionId: 'acme_spot#1', change: { ...lost, attempt: 1 } })
    bench.watch.hear({ kind: 'connection', connectionId: 'acme_spot#1', change: { ...lost, attempt: 2 } })
    expect(only(bench)?.reason).toBe(
      '1 connection of an account lost in the last five minutes because the listen key ended',
    )
    expectCleared(bench, 6 * minute + 2_000)
  })
})

describe('clock-skew', () => {
  test('is critical where the exchange refuses our time', () => {
    const bench = new AlertBench()
    const error = errorOf('ERR_CLOCK_SKEW')
    bench.watch.hear({ kind: 'error', error })
    expect(only(bench)).toMatchObject({
      kind: 'clock-skew',
      severity: 'critical',
      reason: expect.stringMatching(/^the exchange refused the time of 1 request /),
    })
    // A loss, which is told with the same error before its attempt is.
    for (const attempt of [null, 1])
      bench.watch.hear({ kind: 'connection', connectionId: 'acme_spot#1', change: { ...change, error, attempt } })
    bench.pass(1_000)
    expect(bench.watch.active).toMatchObject([{ value: 2 }])
    expectCleared(bench, 6 * minute + 2_000)
  })

  test('is what the exchange says its clock is away, less what that may be wrong', () => {
    const bench = new AlertBench()
    bench.watch.hear({ kind: 'clock', offsetMs: 2_900, uncertaintyMs: 1_000 })
    bench.pass(minute)
    expect(bench.told).toEqual([])
    bench.watch.hear({ kind: 'clock', offsetMs: 3_400, uncertaintyMs: 300 })
    expect(only(bench)).toMatchObject({
      severity: 'warning',
      reason:
        'this machine’s clock is 3400 ms behind the exchange’s, give or take 300 ms, as that said when it was asked',
      value: 3_400,
    })
    // Somebody sets the clock: it need not be asked again.
    bench.clock.skew(3_400)
    expectCleared(bench, 62_000)
    bench.watch.hear({ kind: 'clock', offsetMs: -60_000, uncertaintyMs: 10 })
    expect(bench.told.at(-1)?.reason).toContain('is 60 s ahead of the exchange’s')
  })

  test('is messages that arrive before they were sent, or long after', () => {
    const bench = new AlertBench()
    bench.recent = { ...usual, averageLagMs: -2_500 }
    bench.pass(20_000)
    expect(only(bench)).toMatchObject({
      reason: expect.stringMatching(
        /arrived 2500 ms before they were sent, on average: this process’s clock is behind/,
      ),
      value: -2_500,
      threshold: -2_000,
    })
    bench.recent = { ...usual, averageLagMs: -1_800 }
    bench.pass(10 * minute)
    expect(bench.active).toEqual(['clock-skew'])
    bench.recent = usual
    expectCleared(bench, 70_000)
    bench.recent = { ...usual, averageLagMs: 12_000 }
    bench.pass(20_000)
    expect(bench.told.at(-1)?.reason).toContain('arrived 12 s after what they tell of')
  })
})

describe('book-divergence', () => {
  test('names the level where an audit found a difference', () => {
    const bench = new AlertBench()
    const stream = streamOf('book', { channels: ['orderbook'] })
    const divergence = {
      symbol: tradingPair('BTC', 'USDT'),
      side: 'bids',
      index: 3,
      expected: { price: 64_000.5, size: 0.25 },
      got: null,
      sequence: 7,
      snapshotSequence: 7,
    } as const
    bench.watch.hear({ kind: 'divergence', divergence, stream })
    expect(only(bench)).toMatchObject({
      kind: 'book-divergence',
      severity: 'critical',
      reason:
        '1 audit in the last ten minutes found a difference, the latest in BTC/USDT: level 3 of the bids is none, and 0.25 at 64000.5 at the exchange',
      stream,
    })
    expectCleared(bench, 11 * minute + 2_000)
  })
})

describe('slow-handler', () => {
  test('is one that does not come back', () => {
    const bench = new AlertBench()
    bench.watch.hear({ kind: 'error', error: errorOf('ERR_HANDLER_TIMEOUT') })
    expect(only(bench)).toMatchObject({
      kind: 'slow-handler',
      severity: 'critical',
      reason: 'the handler did not come back from 1 message in the last minute within messageTimeoutMs',
    })
    expectCleared(bench, 2 * minute + 2_000)
  })

  test('is messages that wait and stay, until the half of them is gone', () => {
    const bench = new AlertBench()
    bench.pending = 800
    bench.pass(20_000)
    expect(only(bench)).toMatchObject({ severity: 'warning', reason: '800 messages wait for the handler', value: 800 })
    bench.pending = 250
    bench.pass(10 * minute)
    expect(bench.active).toEqual(['slow-handler'])
    bench.pending = 249
    expectCleared(bench, 62_000)
  })

  test('is one that takes its time before it returns, and none of a few times or where nothing is measured', () => {
    const bench = new AlertBench()
    bench.handler = { sampled: 9, p50Ms: 80 }
    bench.pass(minute)
    bench.handler = null
    bench.pass(minute)
    expect(bench.told).toEqual([])
    bench.handler = { sampled: 61, p50Ms: 25 }
    bench.pass(20_000)
    expect(only(bench)).toMatchObject({
      severity: 'warning',
      reason:
        'the handler took 25 ms and more with half of the 61 frames that were timed in the last minute; nothing else is done meanwhile',
      value: 25,
      threshold: 20,
    })
    bench.handler = { sampled: 61, p50Ms: 9 }
    expectCleared(bench, 62_000)
  })

  test('is none of a burst', () => {
    const bench = new AlertBench()
    for (let burst = 0; burst < 10; burst += 1) {
      bench.pending = 1_000
      bench.pass(10_000)
      bench.pending = 0
      bench.pass(5_000)
    }
    expect(bench.told).toEqual([])
  })
})

describe('event-loop-blocked', () => {
  const late = (bench: AlertBench, lateMs: number): void => bench.watch.hear({ kind: 'look', lateMs })

  test('is being kept from it three times in a minute, and none of one pause', () => {
    const bench = new AlertBench()
    bench.seconds(2, () => late(bench, 800))
    bench.pass(2 * minute)
    late(bench, 800)
    bench.pass(2 * minute)
    expect(bench.told).toEqual([])
    bench.seconds(3, () => late(bench, 800))
    expect(only(bench)).toMatchObject({
      kind: 'event-loop-blocked',
      reason:
        'the process was kept from its event loop 3 times in the last minute, for 800 ms at most: nothing is read meanwhile',
      value: 800,
      threshold: 500,
    })
    expectCleared(bench, 2 * minute + 2_000)
  })

  test('is standing still for long once, as where the machine was suspended', () => {
    const bench = new AlertBench()
    late(bench, 3_600_000)
    bench.pass(1_000)
    expect(only(bench)?.reason).toContain('1 time in the last minute, for 60 min at most')
  })

  test('is known by how late our own look is', () => {
    const bench = new AlertBench()
    bench.clock.lateMs = 600
    bench.pass(1_000 + 1_600)
    expect(bench.told).toEqual([])
    bench.pass(2 * 1_600)
    expect(only(bench)).toMatchObject({ kind: 'event-loop-blocked', value: 600 })
    bench.clock.lateMs = 400
    expectCleared(bench, 3 * minute)
  })
})
