import { type Instrument, StreamError } from '@tapewire/core'
import {
  type BookRules,
  type BookSnapshot,
  callRest,
  integer,
  jsonShape,
  optional,
  overlappingRanges,
  priceLevels,
} from '@tapewire/core/adapter'
import { mexcRest } from '../shared/errors.js'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

/** Levels a side of a snapshot; MEXC gives up to 2,000 and silently no more. Source: AbuShl123/screener-backend-v2, measured 2026-10. */
const snapshotLevels = 1_000

/**
 * MEXC's firewall blocks an address at 20 to 30 requests a second, or at about 120 in one burst, over the whole host. Source: AbuShl123/screener-backend-v2, measured
 * 2026-10; MEXC support advises 20 a second (JKorf/Mexc.Net). We take about two thirds of the burst, and three quarters of the rate: the rest is the user's.
 */
const snapshotLimit = { requests: 75, windowMs: 5_000 } as const

/** The REST image may lag the stream. Source: AbuShl123/screener-backend-v2. */
const retry = { attempts: 20, initialDelayMs: 300, maxDelayMs: 2_000, pauseMs: 30_000 } as const

/**
 * How MEXC's books are kept true; source: MEXC spot v3 API docs, "How to properly maintain a local copy of the order book".
 *
 * - `aggre.depth`: a REST snapshot, then pushes whose ranges are contiguous. A snapshot often lands inside a range, which is safe to apply because sizes
 *   are absolute. The docs' own step 6 would refuse a push that begins right after the snapshot; it is contiguous.
 * - `limit.depth`: each push is the whole image.
 */
export function mexcSpotBookRules(options: ResolvedPublicOptions): BookRules {
  if (options.orderbookChannel === 'limit.depth') return { source: 'replace', depth: options.depth }
  return {
    source: 'rest',
    depth: null,
    continuity: overlappingRanges,
    retry,
    snapshotLimit,
    async fetchSnapshot(symbol, env) {
      const wireSymbol = encodeURIComponent(wireSymbolOf(symbol))
      const url = `${options.restUrl}/api/v3/depth?symbol=${wireSymbol}&limit=${snapshotLevels}`
      const { body } = await callRest({ url, about: { Symbol: symbol.name } }, mexcRest, env)
      return readSnapshot(symbol, body)
    },
  }
}

/** What we read of `GET /api/v3/depth`; `timestamp` is in ms. Source: MEXC spot v3 API docs, "Order Book". */
const snapshotShape = jsonShape({
  lastUpdateId: integer,
  bids: priceLevels,
  asks: priceLevels,
  timestamp: optional(integer),
})

function readSnapshot(symbol: Instrument, body: unknown): BookSnapshot {
  const fault = snapshotShape.load(body)
  if (fault !== null) {
    throw new StreamError('ERR_REST_FAILED', `MEXC sent an order book of ${symbol} that cannot be read: ${fault}.`)
  }
  const { slots } = snapshotShape
  return {
    bids: snapshotShape.levels(slots.bids),
    asks: snapshotShape.levels(slots.asks),
    sequence: snapshotShape.number(slots.lastUpdateId),
    exchangeTime: snapshotShape.numberOrNull(slots.timestamp),
  }
}
