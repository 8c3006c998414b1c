import { describe, expect, test } from 'vitest'
import { MessageType } from '../../model/message-type.js'
import { RecoveryTimes } from '../connection/recovery-times.js'
import { MessageMeter } from '../message-meter.js'
import type { MetricsSource } from '../metrics-source.js'
import { CounterMark } from './interval-metrics.js'

function source(counted: Partial<MetricsSource> = {}): MetricsSource {
  return {
    meter: new MessageMeter(),
    samples: null,
    pendingMessages: 0,
    pendingBytes: 0,
    reconnections: 0,
    failures: 0,
    recoveries: new RecoveryTimes(),
    startedAt: 0,
    endedAt: null,
    askedMs: 0,
    connectedMs: 0,
    ...counted,
  }
}

/** A message that took so long, and was so old when it came, ms. */
function count({ meter }: MetricsSource, tookMs: number, lagMs: number): void {
  const message = { type: MessageType.Trades, receivedAt: 1_000, exchangeTime: 1_000 - lagMs } as never
  meter.countType(message)
  meter.countTime(message, 1_000 + tookMs)
}

describe('an interval', () => {
  test('is what was counted and measured between its two marks, and nothing of before', () => {
    const one = source()
    for (let index = 0; index < 100; index += 1) count(one, 50, 500)
    const begin = new CounterMark([one], 10_000)
    for (let index = 0; index < 98; index += 1) count(one, 0.25, 10)
    for (let index = 0; index < 2; index += 1) count(one, 4, 20)
    one.meter.countDrop('trades')
    const later = { ...one, reconnections: 1, failures: 2 }
    const interval = new CounterMark([later], 12_000).since(begin)
    expect(interval).toMatchObject({
      durationMs: 2_000,
      messages: 100,
      messagesPerSecond: 50,
      complianceRate: 0.98,
      averageLagMs: 10.2,
      droppedMessages: 1,
      reconnectionCount: 1,
      connectionFailures: 2,
    })
    expect(interval.p50ProcessingTimeMs).toBeCloseTo(0.25, 2)
    expect(interval.p99ProcessingTimeMs / 4).toBeCloseTo(1, 1)
    expect(interval.maxProcessingTimeMs / 4).toBeCloseTo(1, 1)
  })

  test('adds up several connections, those among them that came in between', () => {
    const [one, other] = [source(), source()]
    count(one, 1, 0)
    const begin = new CounterMark([one], 0)
    count(one, 1, 0)
    count(other, 1, 0)
    expect(new CounterMark([one, other], 1_000).since(begin).messages).toBe(2)
  })

  test('in which nothing came has nothing to say', () => {
    const one = source()
    expect(new CounterMark([one], 5).since(new CounterMark([one], 5))).toEqual({
      durationMs: 0,
      messages: 0,
      messagesPerSecond: 0,
      p50ProcessingTimeMs: 0,
      p99ProcessingTimeMs: 0,
      maxProcessingTimeMs: 0,
      complianceRate: 1,
      averageLagMs: null,
      droppedMessages: 0,
      reconnectionCount: 0,
      connectionFailures: 0,
    })
  })
})
