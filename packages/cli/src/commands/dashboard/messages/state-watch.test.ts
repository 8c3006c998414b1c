import { type Alert, type ConnectionStateEvent, type GapEvent, parseInstrument, WebSocketManager } from '@tapewire/core'
import { createStream } from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { expect, test } from 'vitest'
import { ConnectionTimeline } from '../../../live/connection-timeline.js'
import type { LiveFeed } from '../../../live/live-feed.js'
import { RateHistory } from '../../../live/rate-history.js'
import type { StateMessage } from '../protocol.js'
import { StateWatch } from './state-watch.js'

const symbol = parseInstrument('BTC/USDT')
const stream = createStream({
  id: 'trades:BTC',
  channels: ['trades'],
  instrument: symbol,
  wireChannel: 'trades',
  wireSymbol: null,
})

const alert: Alert = {
  exchange: 'gateio_spot',
  kind: 'stale-stream',
  status: 'raised',
  severity: 'warning',
  reason: 'nothing came',
  advice: 'look at it',
  docs: 'https://example.com/alerts#stale-stream',
  since: 1,
  at: 2,
  connectionId: null,
  stream,
  value: 3,
  threshold: 2,
  unit: 'ms',
}

const gap: GapEvent = {
  exchange: 'gateio_spot',
  stream,
  channel: 'trades',
  symbol,
  from: 1,
  to: 2,
  reason: 'connection lost',
  action: 'backfilled',
  backfilled: 3,
  fault: null,
}

function feedOf(parts: Partial<LiveFeed>): LiveFeed {
  const manager = new WebSocketManager({ strategies: gateioSpot.public() })
  const { connections, ...metrics } = manager.getPerformanceMetrics()
  const connection = { ...metrics, connectionId: 'gateio_spot#1', state: 'connected', breaker: 'closed', streams: 1 }
  return {
    exchange: 'gateio_spot',
    metrics: () => ({ ...metrics, connections: [...connections, connection] }),
    account: null,
    latency: { boundsMs: [1], counts: [2, 0] },
    connections: [],
    alerts: [],
    gaps: [],
    log: [],
    history: new RateHistory(),
    ...parts,
  } as unknown as LiveFeed
}

function wholeOf(feed: LiveFeed, at: number): StateMessage {
  const watch = new StateWatch(feed)
  watch.look(at)
  return watch.after({ look: 0, seconds: 0 })
}

test('a state tells alerts and gaps by the names of their streams, so that it can be written as JSON', () => {
  const state = wholeOf(feedOf({ alerts: [alert], gaps: [gap] }), 5)
  expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  expect(state).toMatchObject({
    type: 'state',
    at: 5,
    alerts: [{ kind: 'stale-stream', stream: 'trades:BTC', value: 3, docs: alert.docs, since: 1 }],
    gaps: [{ stream: 'trades:BTC', symbol: 'BTC/USDT', action: 'backfilled', backfilled: 3 }],
    metrics: { latency: { boundsMs: [1], counts: [2, 0] }, last1min: { seconds: 0, messagesPerSecond: 0 } },
  })
})

test('a state is bounded, however much has happened', () => {
  const timeline = new ConnectionTimeline()
  const change = { connectionId: 'gateio_spot#1', error: null, attempt: null } as ConnectionStateEvent
  for (let turn = 0; turn < 200; turn += 1) {
    timeline.onState({ ...change, state: turn % 2 === 0 ? 'connected' : 'reconnecting' } as ConnectionStateEvent, turn)
  }
  const gaps = Array.from({ length: 100 }, () => gap)
  const log = Array.from({ length: 200 }, () => ({ at: 1, level: 'info' as const, text: 'again' }))
  const state = wholeOf(feedOf({ connections: timeline.all, gaps, log }), 5)
  expect(state.connections[0]?.spans).toHaveLength(50)
  expect(state.connections[0]?.spans?.at(-1)).toEqual({
    state: 'reconnecting',
    since: 199,
    until: null,
    reason: null,
    attempt: null,
  })
  expect([state.gaps?.length, state.log?.length]).toEqual([50, 50])
})
