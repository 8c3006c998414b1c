import { describe, expect, test } from 'vitest'
import { AlertBench, usual } from '../../test/support/alert-bench.js'
import { StreamError } from '../errors/stream-error.js'
import { alertKinds } from '../model/alert.js'

const slow = { ...usual, p99ProcessingTimeMs: 82 }
const verySlow = { ...usual, p99ProcessingTimeMs: 700 }
const timeout = { kind: 'error', error: new StreamError('ERR_HANDLER_TIMEOUT', 'It took too long.') } as const

describe('a watch over a feed', () => {
  test('says nothing where all is well, and looks once a second', () => {
    const bench = new AlertBench()
    bench.pass(3_600_000)
    expect([bench.told, bench.active, bench.clock.nextTimerInMs]).toEqual([[], [], 1_000])
  })

  test('raises what has lasted for raiseAfterMs, and clears it once it was well for clearAfterMs', () => {
    const bench = new AlertBench()
    const startedAt = bench.clock.now()
    bench.recent = slow
    bench.pass(15_000)
    expect(bench.told).toEqual([])
    bench.pass(1_000)
    expect(bench.told).toEqual([
      {
        exchange: 'acme_spot',
        kind: 'latency',
        status: 'raised',
        severity: 'warning',
        reason:
          'of 1000 messages in the last ten seconds one in a hundred took 82 ms and more, from the socket to the return of the handler',
        advice: expect.stringMatching(/^Compare stages\.handler and eventLoop/),
        docs: 'https://github.com/tapewire/tapewire/blob/main/docs/alerts.md#latency',
        since: startedAt + 16_000,
        at: startedAt + 16_000,
        connectionId: null,
        stream: null,
        value: 82,
        threshold: 50,
        unit: 'ms',
      },
    ])
    bench.recent = usual
    bench.pass(60_000)
    expect(bench.active).toEqual(['latency'])
    bench.pass(1_000)
    expect(bench.active).toEqual([])
    expect(bench.told.slice(1)).toMatchObject([
      {
        kind: 'latency',
        status: 'cleared',
        severity: 'warning',
        since: startedAt + 16_000,
        at: startedAt + 77_000,
        reason: expect.stringMatching(/^well again, after 61 s: of 1000 messages/),
      },
    ])
  })

  test('raises nothing of what passes before that, however often it comes back', () => {
    const bench = new AlertBench()
    for (let time = 0; time < 20; time += 1) {
      bench.recent = slow
      bench.pass(14_000)
      bench.recent = usual
      bench.pass(1_000)
    }
    expect(bench.told).toEqual([])
  })

  test('neither raises nor clears for what swings about its threshold', () => {
    const bench = new AlertBench()
    const swing = (one: number, other: number): void => {
      for (let time = 0; time < 60; time += 1) {
        bench.recent = { ...usual, p99ProcessingTimeMs: time % 2 === 0 ? one : other }
        bench.pass(10_000)
      }
    }
    swing(49, 51)
    expect(bench.lines).toEqual([])
    bench.recent = slow
    bench.pass(20_000)
    swing(49, 51)
    expect(bench.lines).toEqual(['raised warning latency'])
    swing(39, 60)
    expect(bench.lines).toEqual(['raised warning latency'])
  })

  test('tells once more of what becomes critical, which it stays until it is well', () => {
    const bench = new AlertBench()
    for (const recent of [slow, verySlow, slow, verySlow, slow]) {
      bench.recent = recent
      bench.pass(20_000)
    }
    expect(bench.lines).toEqual(['raised warning latency', 'raised critical latency'])
    expect(bench.watch.active).toMatchObject([{ severity: 'critical', value: 82 }])
    bench.recent = usual
    bench.pass(70_000)
    expect(bench.lines.slice(2)).toEqual(['cleared critical latency'])
  })

  test('brings the figures of what is raised up to date without telling them', () => {
    const bench = new AlertBench()
    bench.recent = slow
    bench.pass(20_000)
    bench.recent = { ...usual, p99ProcessingTimeMs: 90 }
    bench.pass(1_000)
    expect([bench.watch.active[0]?.value, bench.told.length]).toEqual([90, 1])
  })

  test('raises what is certain before it is told anything else, and once for a thousand times', () => {
    const bench = new AlertBench()
    for (let time = 0; time < 1_000; time += 1) {
      bench.watch.hear({ kind: 'drop', connectionId: 'acme_spot#1', stream: null })
    }
    expect(bench.lines).toEqual(['raised warning drop'])
    bench.pass(1_000)
    expect(bench.watch.active).toMatchObject([{ value: 1_000, unit: 'messages' }])
    bench.pass(120_000)
    expect(bench.lines).toEqual(['raised warning drop', 'cleared warning drop'])
  })

  test('counts how often there was one of each kind, and how many there are now', () => {
    const bench = new AlertBench({ clearAfterMs: 0 })
    bench.watch.hear(timeout)
    bench.pass(120_000)
    bench.watch.hear(timeout)
    bench.watch.hear({ kind: 'drop', connectionId: 'acme_spot#1', stream: null })
    const { activeAlerts, alertsByKind } = bench.watch.counters
    expect([activeAlerts, alertsByKind['slow-handler'], alertsByKind.drop, alertsByKind.gap]).toEqual([2, 2, 1, 0])
    expect(Object.keys(alertsByKind)).toEqual(alertKinds)
  })

  test('ignores the kinds that it is told to', () => {
    const bench = new AlertBench({ ignore: ['latency', 'slow-handler'] })
    bench.recent = verySlow
    bench.watch.hear(timeout)
    bench.pass(60_000)
    expect(bench.told).toEqual([])
  })

  test('that is stopped tells nothing more, and what was raised stays as it was', () => {
    const bench = new AlertBench()
    bench.watch.hear(timeout)
    bench.watch.stop()
    bench.watch.hear({ kind: 'drop', connectionId: 'acme_spot#1', stream: null })
    bench.pass(3_600_000)
    expect([bench.lines, bench.active, bench.clock.pendingTimers]).toEqual([
      ['raised critical slow-handler'],
      ['slow-handler'],
      0,
    ])
  })

  test('that is cleared begins anew, without a word', () => {
    const bench = new AlertBench()
    bench.watch.hear(timeout)
    bench.watch.clear()
    expect([bench.lines.length, bench.active]).toEqual([1, []])
  })

  test('gives the advice of the strategies where they have their own, before that of a rule', () => {
    const bench = new AlertBench({ raiseAfterMs: 0 }, { 'clock-skew': 'Look at the gateway.' })
    bench.recent = { ...slow, averageLagMs: 60_000 }
    bench.pass(5_000)
    const advice = new Map(bench.told.map((alert) => [alert.kind, alert.advice]))
    expect(advice.get('clock-skew')).toBe('Look at the gateway.')
    expect(advice.get('latency')).toMatch(/^Compare stages\.handler/)
  })

  test('is stopped by whoever is told, in the middle of a look too', () => {
    const bench = new AlertBench({ raiseAfterMs: 0 })
    bench.onAlert = () => bench.watch.stop()
    bench.recent = { ...slow, complianceRate: 0 }
    bench.pass(5_000)
    expect(bench.lines).toEqual(['raised warning latency'])
  })
})
