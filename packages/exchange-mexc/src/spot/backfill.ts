import type { DataMessage } from '@tapewire/core'
import {
  type BackfillRequest,
  type BackfillRules,
  callRest,
  dataMessage,
  type StrategyEnv,
  unusableAnswer,
} from '@tapewire/core/adapter'
import { mexcRest } from '../shared/errors.js'
import { numberOf } from '../shared/fields.js'
import { fetchWindow } from '../shared/windows.js'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

/**
 * What snapshots of books leave of what MEXC's firewall bears, over the whole host: 20 to 30 requests a second, and about 120 in one burst. Source:
 * AbuShl123/screener-backend-v2, measured 2026-10.
 */
export const backfillLimit = { requests: 20, windowMs: 5_000 } as const

/** Rows of an answer, at most. Source: MEXC spot v3 API docs, "Compressed/Aggregate Trades List". */
const mostRows = 1_000

const endpoint = '/api/v3/aggTrades'

/**
 * Trades that a stream missed, by time. REST names no ids (`a` is null), so they are known by what they are. Source: MEXC spot v3 API docs, "Compressed/Aggregate
 * Trades List": trades of one time, order and price are one, as in `aggre.deals`.
 */
export function mexcSpotBackfill({ restUrl }: Pick<ResolvedPublicOptions, 'restUrl'>): BackfillRules {
  return {
    channels: ['trades'],
    identity: 'content',
    isPerInstrument: true,
    limit: backfillLimit,
    fetchPage: (request, cursor, env) =>
      fetchWindow(cursor, request, mostRows, ({ from, to }) => fetchTrades(restUrl, { ...request, from, to }, env)),
  }
}

async function fetchTrades(
  restUrl: string,
  request: BackfillRequest,
  env: StrategyEnv,
): Promise<readonly DataMessage[]> {
  const { instrument, from, to } = request
  if (instrument === null) return []
  const symbol = encodeURIComponent(wireSymbolOf(instrument))
  const url = `${restUrl}${endpoint}?symbol=${symbol}&startTime=${from}&endTime=${to}&limit=${mostRows}`
  const { body } = await callRest({ url, about: { Symbol: instrument.name } }, mexcRest, env)
  if (!Array.isArray(body)) throw unusableAnswer(mexcRest, `GET ${endpoint}`, 'it is no list of trades')
  return body.map((row) => tradeMessage(row, request, env.clock.now()))
}

/** `m`: the buyer was the maker, so the taker sold. */
function tradeMessage(row: unknown, { stream }: BackfillRequest, receivedAt: number): DataMessage {
  const { p, q, T: time, m } = (row ?? {}) as Readonly<Record<string, unknown>>
  const [price, size] = [numberOf(p), numberOf(q)]
  if (Number.isNaN(price + size) || typeof time !== 'number' || typeof m !== 'boolean') {
    throw unusableAnswer(mexcRest, `GET ${endpoint}`, 'a trade cannot be read')
  }
  const trade = { id: null, price, size, side: m ? 'sell' : 'buy', time } as const
  return dataMessage<'trades'>(stream, stream.instrument, [trade], time, receivedAt, null)
}
