import type { DataMessage, PublicTrade } from '@tapewire/core'
import {
  type BackfillPage,
  type BackfillRequest,
  type BackfillRules,
  callRest,
  dataMessage,
  type StrategyEnv,
  unusableAnswer,
} from '@tapewire/core/adapter'
import { gateioRest } from '../shared/errors.js'
import { idOf, isFields, numberOf, sideOf, timeOf } from '../shared/fields.js'
import type { ResolvedPublicOptions } from './options.js'
import { wireSymbolOf } from './symbols.js'

/** Half of the 200 requests in 10 s that one address may make of an endpoint; the rest is the user's. Source: Gate.io REST v4 docs, "Frequency limit rule". */
const limit = { requests: 100, windowMs: 10_000 } as const

/** Rows of a page, at most, and pages: `limit * (page - 1)` is at most 100,000. Source: Gate.io REST v4 docs, `GET /spot/trades`. */
const pageRows = 1_000
const lastPage = 101

const endpoint = '/spot/trades'

/**
 * Trades that a stream missed: `GET /spot/trades` from a time on, of the last 30 days. `id` is that of `spot.trades`. Source: Gate.io REST v4 docs, "Query market
 * transaction records".
 */
export function gateioSpotBackfill({ restUrl }: Pick<ResolvedPublicOptions, 'restUrl'>): BackfillRules {
  return {
    channels: ['trades'],
    identity: 'id',
    isPerInstrument: true,
    limit,
    fetchPage: (request, cursor, env) => fetchTrades(restUrl, request, Number(cursor ?? 1), env),
  }
}

async function fetchTrades(
  restUrl: string,
  request: BackfillRequest,
  page: number,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const { instrument, from } = request
  if (instrument === null) return { messages: [], next: null, reachesBack: false }
  const pair = encodeURIComponent(wireSymbolOf(instrument))
  const since = Math.floor(from / 1_000)
  const url = `${restUrl}${endpoint}?currency_pair=${pair}&from=${since}&limit=${pageRows}&page=${page}`
  const { body } = await callRest({ url, about: { Symbol: instrument.name } }, gateioRest, env)
  if (!Array.isArray(body)) throw unusableAnswer(gateioRest, `GET ${endpoint}`, 'it is no list of trades')
  const messages = body.map((row) => tradeMessage(row, request, env.clock.now()))
  const isFull = body.length >= pageRows
  const next = isFull && page < lastPage ? String(page + 1) : null
  return { messages, next, reachesBack: !isFull || next !== null }
}

function tradeMessage(row: unknown, { stream }: BackfillRequest, receivedAt: number): DataMessage {
  const { id, create_time, create_time_ms, side, amount, price } = isFields(row) ? row : {}
  const time = timeOf(numberOf(create_time_ms), numberOf(create_time))
  const trade = { id: idOf(id), price: numberOf(price), size: numberOf(amount), side: sideOf(side), time }
  if (!isWhole(trade)) throw unusableAnswer(gateioRest, `GET ${endpoint}`, 'a trade cannot be read')
  return dataMessage<'trades'>(stream, stream.instrument, [trade], time, receivedAt, Number(trade.id))
}

function isWhole(trade: { readonly [Field in keyof PublicTrade]: PublicTrade[Field] | null }): trade is PublicTrade {
  return (
    trade.id !== null &&
    trade.side !== null &&
    trade.time !== null &&
    !Number.isNaN(Number(trade.price) + Number(trade.size))
  )
}
