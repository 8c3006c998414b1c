import type { Alert, CandleInterval, GapEvent, OrderStatus, OrderType, StreamStatus, TimeInForce } from '@tapewire/core'
import { type Codes, codesOf } from './codes.js'

// As docs/relay-encoding.md has them.

export const sideCodes: Codes<'buy' | 'sell'> = codesOf({ buy: 1, sell: 2 })
export const liquidityCodes: Codes<'maker' | 'taker'> = codesOf({ maker: 1, taker: 2 })
export const orderTypeCodes: Codes<OrderType> = codesOf({ limit: 1, market: 2, stop: 3 })
export const timeInForceCodes: Codes<TimeInForce> = codesOf({ gtc: 1, ioc: 2, fok: 3, post_only: 4 })

export const orderStatusCodes: Codes<OrderStatus> = codesOf({
  open: 1,
  partially_filled: 2,
  filled: 3,
  cancelled: 4,
  partially_cancelled: 5,
  rejected: 6,
  expired: 7,
})

export const candleIntervalCodes: Codes<CandleInterval> = codesOf({
  '10s': 1,
  '1m': 2,
  '5m': 3,
  '15m': 4,
  '30m': 5,
  '1h': 6,
  '4h': 7,
  '8h': 8,
  '1d': 9,
  '1w': 10,
  '1M': 11,
})

export const streamStatusCodes: Codes<StreamStatus> = codesOf({ syncing: 1, live: 2, stale: 3, gapped: 4 })

export const gapActionCodes: Codes<GapEvent['action']> = codesOf({
  resynchronised: 1,
  backfilled: 2,
  'partly-backfilled': 3,
  lost: 4,
})

export const alertStatusCodes: Codes<Alert['status']> = codesOf({ raised: 1, cleared: 2 })
export const alertSeverityCodes: Codes<Alert['severity']> = codesOf({ warning: 1, critical: 2 })

export const alertKindCodes: Codes<Alert['kind']> = codesOf({
  latency: 1,
  compliance: 2,
  'stale-stream': 3,
  gap: 4,
  drop: 5,
  'schema-drift': 6,
  'reconnect-storm': 7,
  'breaker-open': 8,
  'listen-key': 9,
  'clock-skew': 10,
  'book-divergence': 11,
  'slow-handler': 12,
  'event-loop-blocked': 13,
})
