import {
  type BookRules,
  type BookSnapshot,
  type Instrument,
  overlappingRanges,
  requestJson,
  StreamError,
} from '@tapewire/core'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

/** Levels a side of a snapshot; MEXC gives up to 2,000 and silently no more. Source: AbuShl123/screener-backend-v2, measured 2026-10. */
const snapshotLevels = 1_000

/**
 * MEXC's firewall blocks an address at 20 to 30 requests a second over the whole host. Source: AbuShl123/screener-backend-v2, measured 2026-10; MEXC support
 * advises 20 (JKorf/Mexc.Net). We take half of that.
 */
const snapshotRequestsPerSecond = 10

/** The REST image may lag the stream. Source: AbuShl123/screener-backend-v2. */
const retry = { attempts: 20, initialDelayMs: 300, maxDelayMs: 2_000, pauseMs: 30_000 } as const

/** MEXC's code for a symbol it does not list. Source: MEXC spot v3 API docs, error codes. */
const badSymbolCodes: ReadonlySet<unknown> = new Set([10007, 30014, 30021, 730001, -1121])

/**
 * How MEXC's books are kept true; source: MEXC spot v3 API docs, "How to properly maintain a local copy of the order book".
 *
 * - `aggre.depth`: a REST snapshot, then pushes whose ranges are contiguous. A snapshot often lands inside a range, which is safe to apply because sizes
 *   are absolute. The docs' own step 6 would refuse a push that begins right after the snapshot; it is contiguous.
 * - `limit.depth`: each push is the whole image.
 */
export function mexcBookRules(options: ResolvedPublicOptions): BookRules {
  if (options.orderbookChannel === 'limit.depth') return { source: 'replace', depth: options.depth }
  const restUrl = options.restUrl.replace(/\/+$/, '')
  return {
    source: 'rest',
    depth: null,
    continuity: overlappingRanges,
    retry,
    snapshotRequestsPerSecond,
    async fetchSnapshot(symbol, signal) {
      const wireSymbol = encodeURIComponent(wireSymbolOf(symbol))
      const url = `${restUrl}/api/v3/depth?symbol=${wireSymbol}&limit=${snapshotLevels}`
      const { status, body } = await requestJson({ url, signal })
      return readSnapshot(symbol, status, body)
    },
  }
}

interface DepthBody {
  readonly lastUpdateId?: unknown
  readonly bids?: unknown
  readonly asks?: unknown
  readonly timestamp?: unknown
  readonly code?: unknown
}

function readSnapshot(symbol: Instrument, status: number, body: unknown): BookSnapshot {
  const depth = (typeof body === 'object' && body !== null ? body : {}) as DepthBody
  if (status !== 200) throw refused(symbol, status, depth.code)
  const bids = flatLevels(depth.bids)
  const asks = flatLevels(depth.asks)
  const { lastUpdateId, timestamp } = depth
  if (bids === null || asks === null || !Number.isSafeInteger(lastUpdateId)) {
    throw new StreamError('ERR_REST_FAILED', `MEXC sent an order book of ${symbol} that cannot be read.`)
  }
  const exchangeTime = typeof timestamp === 'number' ? timestamp : null
  return { bids, asks, sequence: lastUpdateId as number, exchangeTime }
}

/** `[["87499.90","1.00000000"], …]`, flat; null where it is anything else. */
function flatLevels(side: unknown): number[] | null {
  if (!Array.isArray(side)) return null
  const flat = (side as unknown[]).flatMap((level) =>
    Array.isArray(level) ? [Number(level[0]), Number(level[1])] : [Number.NaN],
  )
  return flat.some(Number.isNaN) ? null : flat
}

function refused(symbol: Instrument, status: number, code: unknown): StreamError {
  const isBadSymbol = badSymbolCodes.has(code)
  return new StreamError(
    isBadSymbol ? 'ERR_INVALID_SYMBOL' : 'ERR_REST_FAILED',
    `MEXC gave no order book of ${symbol}.`,
    {
      context: { Symbol: symbol.name, Status: status, ...(typeof code === 'number' ? { 'Exchange code': code } : {}) },
      hint: isBadSymbol ? 'The pair may be delisted or misspelled.' : 'It is asked for again.',
    },
  )
}
