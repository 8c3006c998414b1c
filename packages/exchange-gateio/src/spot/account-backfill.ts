import type { DataMessage } from '@tapewire/core'
import {
  type BackfillPage,
  type BackfillRequest,
  type BackfillRules,
  type StrategyEnv,
  unusableAnswer,
} from '@tapewire/core/adapter'
import { gateioRest } from '../shared/errors.js'
import { type Fields, isFields, numberOf, timeOf } from '../shared/fields.js'
import type { AccountReader } from '../shared/push.js'
import type { SignedRest } from '../shared/rest.js'
import { executionsPush } from './parsers/executions.js'
import { ordersPush } from './parsers/orders.js'
import type { GateioSpotStreams } from './streams.js'
import { wireSymbolOf } from './symbols.js'

/** Half of the 200 requests in 10 s that an account may make of an endpoint; the rest is the user's. Source: Gate.io REST v4 docs, "Frequency limit rule". */
const limit = { requests: 100, windowMs: 10_000 } as const

/** Rows of a page of fills, and of orders; open ones are so many of each market. Source: Gate.io REST v4 docs, `GET /spot/my_trades`, `GET /spot/orders`, `GET /spot/open_orders`. */
const fillRows = 1_000
const orderRows = 100

/** Fills that are asked for without a time are of the last 7 days. Source: Gate.io REST v4 docs, `GET /spot/my_trades`. */
const fillsKeptMs = 7 * 86_400_000

/** How one kind of list is read, page by page. */
interface Context {
  readonly rest: SignedRest
  readonly streams: GateioSpotStreams
}

/** What of the account its streams missed, of all markets in one request. */
export function gateioSpotAccountBackfill(rest: SignedRest, streams: GateioSpotStreams): BackfillRules {
  const context = { rest, streams }
  return {
    channels: ['executions', 'orders'],
    identity: 'id',
    isPerInstrument: false,
    limit,
    fetchPage: (request, cursor, env) =>
      request.channel === 'executions'
        ? fetchFills(context, request, Number(cursor ?? 1), env)
        : fetchOrders(context, request, cursor ?? 'open 1', env),
  }
}

/**
 * The newest first, without a time: whether `from` and `to` look at the fill or at the end of its order, which may still be open, is not clear. Source: Gate.io REST v4
 * docs, `GET /spot/my_trades`.
 */
async function fetchFills(
  context: Context,
  request: BackfillRequest,
  page: number,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const path = '/spot/my_trades'
  const rows = rowsOf(await context.rest.get(path, { ...marketOf(request), limit: fillRows, page }, env), path)
  const newest = Math.max(...rows.map(timeOfRow))
  const isLast = rows.length < fillRows || newest < request.from
  return {
    messages: messagesOf(executionsPush, rows, path, context, request, env),
    next: isLast ? null : String(page + 1),
    reachesBack: request.from >= env.clock.wallTime() - fillsKeptMs,
  }
}

/**
 * Those that are open, and then those that ended since: one that ends in between is found as well. The time of those that ended is that of their end.
 * Source: Gate.io REST v4 docs, `GET /spot/open_orders`, `GET /spot/orders`.
 */
async function fetchOrders(
  context: Context,
  request: BackfillRequest,
  cursor: string,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const [kind, page] = [cursor.split(' ')[0], Number(cursor.split(' ')[1])]
  const isOpen = kind === 'open'
  const path = isOpen ? '/spot/open_orders' : '/spot/orders'
  const since = { status: 'finished', ...marketOf(request), from: Math.floor(request.from / 1_000) }
  const answer = rowsOf(await context.rest.get(path, { ...(isOpen ? {} : since), limit: orderRows, page }, env), path)
  const lists = isOpen ? answer.map(({ orders }) => rowsOf(orders, path)) : [answer]
  const isFull = lists.some((list) => list.length >= orderRows)
  const last = isOpen ? 'finished 1' : null
  return {
    messages: messagesOf(ordersPush, lists.flat().map(asPushed), path, context, request, env),
    next: isFull ? `${kind} ${page + 1}` : last,
    reachesBack: true,
  }
}

/** A push says by `event` what REST says by `status`. Source: Gate.io REST v4 docs, `GET /spot/orders`; Gate.io spot WebSocket v4 docs, `spot.orders`. */
function asPushed(row: Fields): Fields {
  return { ...row, event: row.status === 'open' ? 'update' : 'finish' }
}

/** Only those of the stream that is asked for: a market that was asked for alone has one of its own. */
function messagesOf(
  reader: AccountReader,
  rows: readonly Fields[],
  path: string,
  { streams }: Context,
  { stream, channel }: BackfillRequest,
  env: StrategyEnv,
): readonly DataMessage[] {
  const read = reader.read(rows, {
    streams: streams.named(reader.wireChannel),
    instrumentOf: (wireSymbol) => streams.instrumentOf(wireSymbol),
    sentAt: null,
    receivedAt: env.clock.now(),
  })
  const own = read.filter((message): message is DataMessage => message.channel === channel && message.data !== null)
  if (read.some(({ type }) => type < 0)) throw unusableAnswer(gateioRest, `GET ${path}`, 'a row cannot be read')
  return own.filter((message) => message.stream === stream)
}

function marketOf({ instrument }: BackfillRequest): Readonly<Record<string, string>> {
  return instrument === null ? {} : { currency_pair: wireSymbolOf(instrument) }
}

function rowsOf(body: unknown, path: string): readonly Fields[] {
  if (Array.isArray(body) && body.every(isFields)) return body
  throw unusableAnswer(gateioRest, `GET ${path}`, 'it is no list')
}

function timeOfRow({ create_time_ms, create_time }: Fields): number {
  return timeOf(numberOf(create_time_ms), numberOf(create_time)) ?? 0
}
