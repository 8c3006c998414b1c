import { describe, expect, test } from 'vitest'
import { channels } from '../model/channel.js'
import type { ParsedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import { composeMetrics as compose } from './compose-metrics.js'
import { RecoveryTimes } from './connection/recovery-times.js'
import { MessageMeter } from './message-meter.js'
import type { MetricsSource } from './metrics-source.js'
import type { StreamMetrics } from './performance-metrics.js'
import { Windows } from './windows/metrics-window.js'

const start = 1_767_225_600_000

function message(type: MessageType, receivedAt: number, exchangeTime: number | null = null): ParsedMessage {
  return { type, receivedAt, exchangeTime } as unknown as ParsedMessage
}

/** A meter that saw messages of these types, each handled in `durationMs`. */
function meterOf(types: readonly MessageType[], durationMs = 0.5, lagMs: number | null = null): MessageMeter {
  const meter = new MessageMeter()
  for (const type of types) {
    const seen = message(type, start, lagMs === null ? null : start - lagMs)
    meter.countType(seen)
    meter.countTime(seen, start + durationMs)
  }
  return meter
}

/** Connections that were lost and restored, after so long each. */
function recoveriesOf(...recoveriesMs: number[]): RecoveryTimes {
  const recoveries = new RecoveryTimes()
  for (const [index, recoveryMs] of recoveriesMs.entries()) recoveries.note(recoveryMs, start + index)
  return recoveries
}

function source(parts: Partial<MetricsSource> = {}): MetricsSource {
  return {
    meter: new MessageMeter(),
    samples: null,
    pendingMessages: 0,
    pendingBytes: 0,
    reconnections: 0,
    failures: 0,
    recoveries: new RecoveryTimes(),
    startedAt: start,
    endedAt: null,
    askedMs: 0,
    connectedMs: 0,
    ...parts,
  }
}

function composeMetrics(sources: readonly MetricsSource[], nowMs: number): StreamMetrics {
  return compose(sources, new Windows(null).of(sources), nowMs)
}

describe('MessageMeter', () => {
  test('counts by type, with acknowledgements, replies and heartbeats apart from the messages', () => {
    const types = Object.values(MessageType)
    const meter = meterOf(types)
    expect(types.filter((type) => meter.of(type) !== 1)).toEqual([MessageType.Reply, MessageType.Heartbeat])
    expect(meter.messages).toBe(types.length - 3)
  })

  test('counts a message of a type that no channel has as unknown, so that nothing is lost in silence', () => {
    const known = new Set<number>(Object.values(MessageType))
    const strange = Array.from({ length: 31 }, (_, index) => index + 1).filter((type) => !known.has(type))
    const meter = meterOf(strange as MessageType[])
    expect([strange.length > 0, meter.of(MessageType.Unknown), meter.messages]).toEqual([
      true,
      strange.length,
      strange.length,
    ])
  })

  test('counts what was superseded apart from what was dropped', () => {
    const meter = new MessageMeter()
    meter.countSuperseded('ticker')
    meter.countSuperseded('ticker')
    meter.countDrop('ticker')
    expect([Object.fromEntries(meter.superseded), Object.fromEntries(meter.dropped)]).toEqual([
      { ticker: 2 },
      { ticker: 1 },
    ])
    expect(meter.messages).toBe(0)
  })

  test('knows the lag also where our clock is behind', () => {
    const meter = meterOf([MessageType.Trades, MessageType.Trades], 0.5, -40)
    expect(meter.lag).toEqual({ count: 2, sumMs: -80, maxMs: -40, lastMs: -40, lastAt: start })
  })
})

describe('composeMetrics', () => {
  test('is calm before anything happened', () => {
    expect(composeMetrics([], start)).toMatchObject({
      messagesProcessed: 0,
      averageMessagesPerSecond: 0,
      complianceRate: 1,
      averageLagMs: null,
      maxLagMs: null,
      lastLagMs: null,
      maxRecoveryMs: null,
      uptimeMs: 0,
      connectionStability: 1,
    })
  })

  test('adds connections up, and takes the worst of what is not a sum', () => {
    const { Orderbook, Trades, Error: Failed, Other, Unknown } = MessageType
    const first = source({
      meter: meterOf([Orderbook, Trades, Failed, Other, Unknown], 0.5, 10),
      pendingMessages: 2,
      pendingBytes: 200,
      reconnections: 1,
      recoveries: recoveriesOf(50, 30),
      askedMs: 10_000,
      connectedMs: 5_000,
    })
    const second = source({
      meter: meterOf([Trades, Trades, Trades], 2, 30),
      pendingMessages: 1,
      reconnections: 2,
      failures: 4,
      recoveries: recoveriesOf(40),
      startedAt: start + 5_000,
      askedMs: 5_000,
      connectedMs: 5_000,
    })
    first.meter.countDrop('trades')
    second.meter.countDrop('trades')
    second.meter.countDrop('other')
    first.meter.countSuperseded('ticker')
    second.meter.countSuperseded('ticker')
    second.meter.countSuperseded('candles')
    expect(composeMetrics([first, second, source({ startedAt: start + 10_000 })], start + 10_000)).toMatchObject({
      messagesProcessed: 8,
      averageMessagesPerSecond: 0.8,
      sub1msMessages: 5,
      latencyViolations: 3,
      complianceRate: 0.625,
      orderbookUpdates: 1,
      messagesByChannel: { orderbook: 1, trades: 4, ticker: 0 },
      otherMessages: 1,
      unknownMessages: 1,
      errorMessages: 1,
      droppedMessages: 3,
      droppedByChannel: { trades: 2, other: 1 },
      supersededMessages: 3,
      supersededByChannel: { ticker: 2, candles: 1 },
      pendingMessages: 3,
      pendingBytes: 200,
      averageLagMs: 17.5,
      maxLagMs: 30,
      reconnectionCount: 3,
      connectionFailures: 4,
      lastRecoveryMs: 30,
      maxRecoveryMs: 50,
      uptimeMs: 10_000,
      // 10 s connected of the 15 s that the two connections were asked for.
      connectionStability: 10 / 15,
    })
  })

  test('names every channel, those of which nothing came too', () => {
    const { messagesByChannel } = composeMetrics([source({ meter: meterOf([MessageType.Candle]) })], start)
    expect(messagesByChannel).toEqual({ ...Object.fromEntries(channels.map((channel) => [channel, 0])), candles: 1 })
  })

  test('leaves the recorders of its sources as they were', () => {
    const only = source({ meter: meterOf([MessageType.Trades], 3) })
    const other = source({ meter: meterOf([MessageType.Trades], 1) })
    composeMetrics([only, other], start + 1)
    composeMetrics([only], start + 1)
    expect(composeMetrics([only], start + 1).maxProcessingTimeMs).toBeCloseTo(3, 1)
    expect(only.meter.latency.count).toBe(1)
  })
})
