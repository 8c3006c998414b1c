import { type Instrument, StreamError } from '@tapewire/core'
import {
  adjacentRanges,
  type BookRules,
  type BookSnapshot,
  callRest,
  integer,
  jsonShape,
  optional,
  overlappingRanges,
  priceLevels,
  type SnapshotSource,
} from '@tapewire/core/adapter'
import { gateioRest } from '../shared/errors.js'
import { timeOfMilliseconds } from '../shared/fields.js'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

/** Three quarters of the 200 requests in 10 s that one address may make of an endpoint; the rest is the user's. Source: Gate.io REST v4 docs, "Frequency limit rule". */
const snapshotLimit = { requests: 150, windowMs: 10_000 } as const

/** REST books are cached: 0.3 to 1 s later the next image is there. Source: gateio/gatews#51. */
const retry = { attempts: 20, initialDelayMs: 300, maxDelayMs: 1_000, pauseMs: 30_000 } as const

/** A stream name that Gate.io does not know is acknowledged and then stays silent; a snapshot comes within a fraction of a second. Source: live probe, 2026-09. */
const snapshotTimeoutMs = 10_000

/**
 * How Gate.io's books are kept true; source: Gate.io spot WebSocket v4 docs, "How to maintain local order book".
 *
 * - `spot.order_book_update`: a REST snapshot with the levels the stream maintains (100, or 20 at 20 ms); diffs up to its id are dropped, the first one
 *   applied may begin inside it. Levels beyond that depth are never corrected (gateio/gatews#52), so the book is trimmed.
 * - `spot.obu`: the stream brings its own snapshot, every diff begins at the id after the last, and a gap is healed by subscribing again.
 */
export function gateioSpotBookRules(options: ResolvedPublicOptions): BookRules {
  if (options.orderbookChannel === 'obu') {
    const depth = options.orderbookDepth
    const audit = snapshotSource(options.restUrl, 100)
    return { source: 'stream', depth, continuity: adjacentRanges, snapshotTimeoutMs, audit, retry }
  }
  const depth = options.orderbookInterval === '20ms' ? 20 : 100
  return { source: 'rest', depth, continuity: overlappingRanges, retry, ...snapshotSource(options.restUrl, depth) }
}

function snapshotSource(restUrl: string, limit: number): SnapshotSource {
  return {
    snapshotLimit,
    async fetchSnapshot(symbol, env) {
      const pair = encodeURIComponent(wireSymbolOf(symbol))
      const url = `${restUrl}/spot/order_book?currency_pair=${pair}&limit=${limit}&with_id=true`
      const { body } = await callRest({ url, about: { Symbol: symbol.name } }, gateioRest, env)
      return readSnapshot(symbol, body)
    },
  }
}

/** What we read of `GET /spot/order_book?with_id=true`; `update` is when the book last changed, in ms. Source: Gate.io REST v4 docs. */
const snapshotShape = jsonShape({ id: integer, update: optional(integer), asks: priceLevels, bids: priceLevels })

function readSnapshot(symbol: Instrument, body: unknown): BookSnapshot {
  const fault = snapshotShape.load(body)
  if (fault !== null) {
    throw new StreamError('ERR_REST_FAILED', `Gate.io sent an order book of ${symbol} that cannot be read: ${fault}.`)
  }
  const { slots } = snapshotShape
  return {
    bids: snapshotShape.levels(slots.bids),
    asks: snapshotShape.levels(slots.asks),
    sequence: snapshotShape.number(slots.id),
    exchangeTime: timeOfMilliseconds(snapshotShape.number(slots.update)),
  }
}
