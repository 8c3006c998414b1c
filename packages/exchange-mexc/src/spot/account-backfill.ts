import type { DataMessage, ExecutionData, OrderData, OrderStatus, OrderType, TimeInForce } from '@tapewire/core'
import {
  type BackfillPage,
  type BackfillRequest,
  type BackfillRules,
  dataMessage,
  decimalText,
  type StrategyEnv,
  subtractDecimals,
  unusableAnswer,
} from '@tapewire/core/adapter'
import { mexcRest } from '../shared/errors.js'
import { optionalText, positive, timeOf } from '../shared/fields.js'
import type { SignedRest } from '../shared/rest.js'
import { fetchWindow } from '../shared/windows.js'
import { backfillLimit } from './backfill.js'
import { wireSymbolOf } from './symbols.js'

/** Rows of an answer, at most, and how far back it goes. Source: MEXC spot v3 API docs, "Account Trade List", "All Orders". */
const fills = { path: '/api/v3/myTrades', mostRows: 100, keptMs: 30 * 86_400_000 } as const
const orders = { path: '/api/v3/allOrders', mostRows: 1_000, keptMs: 7 * 86_400_000 } as const

type Row = Readonly<Record<string, unknown>>

/** What of the account its streams missed, market by market: MEXC's endpoints name one each. That ids of fills are those of the stream is not documented. */
export function mexcSpotAccountBackfill(rest: SignedRest): BackfillRules {
  return {
    channels: ['executions', 'orders'],
    identity: 'content',
    isPerInstrument: true,
    limit: backfillLimit,
    fetchPage: (request, cursor, env) =>
      request.channel === 'executions'
        ? fetchFills(rest, request, cursor, env)
        : fetchOrders(rest, request, cursor, env),
  }
}

/** Source: MEXC spot v3 API docs, "Account Trade List". */
async function fetchFills(
  rest: SignedRest,
  request: BackfillRequest,
  cursor: string | null,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const page = await fetchWindow(cursor, request, fills.mostRows, async (window) => {
    const rows = await fetchRows(rest, fills, request, window, env)
    return rows.map((row) => executionMessage(row, request, env.clock.now()))
  })
  return { ...page, reachesBack: page.reachesBack && request.from >= env.clock.wallTime() - fills.keptMs }
}

/** All of the last days: their time is that of their beginning, and one may end long after. Source: MEXC spot v3 API docs, "All Orders". */
async function fetchOrders(
  rest: SignedRest,
  request: BackfillRequest,
  cursor: string | null,
  env: StrategyEnv,
): Promise<BackfillPage> {
  const whole = { from: env.clock.wallTime() - orders.keptMs, to: request.to }
  return fetchWindow(cursor, whole, orders.mostRows, async (window) => {
    const rows = await fetchRows(rest, orders, request, window, env)
    return rows.map((row) => orderMessage(row, request, env.clock.now()))
  })
}

async function fetchRows(
  rest: SignedRest,
  { path, mostRows }: { readonly path: string; readonly mostRows: number },
  { instrument }: BackfillRequest,
  { from, to }: { readonly from: number; readonly to: number },
  env: StrategyEnv,
): Promise<readonly Row[]> {
  if (instrument === null) return []
  const symbol = wireSymbolOf(instrument)
  const parameters = { symbol, startTime: String(from), endTime: String(to), limit: String(mostRows) }
  const body = await rest.call({ method: 'GET', path, parameters }, env)
  if (Array.isArray(body)) return body.map((row) => (row ?? {}) as Row)
  throw unusableAnswer(mexcRest, `GET ${path}`, 'it is no list')
}

function executionMessage(row: Row, { stream, instrument }: BackfillRequest, receivedAt: number): DataMessage {
  const [id, orderId] = [optionalText(row.id), optionalText(row.orderId)]
  const [price, size] = [decimalText(row.price), decimalText(row.qty)]
  if (id === null || orderId === null || price === null || size === null) throw unreadable(fills.path)
  const time = timeOf(Number(row.time))
  const data: ExecutionData = {
    id,
    orderId,
    clientId: optionalText(row.clientOrderId),
    side: typeof row.isBuyer === 'boolean' ? sideOf(row.isBuyer) : null,
    price,
    size,
    quoteSize: decimalText(row.quoteQty),
    fee: decimalText(row.commission),
    feeAsset: optionalText(row.commissionAsset),
    liquidity: row.isMaker === true ? 'maker' : 'taker',
    time,
  }
  return dataMessage<'executions'>(stream, instrument, data, time, receivedAt, null)
}

/** Source: MEXC spot v3 API docs, "Public API Definitions", order status. */
const statuses: ReadonlyMap<unknown, OrderStatus> = new Map([
  ['NEW', 'open'],
  ['FILLED', 'filled'],
  ['PARTIALLY_FILLED', 'partially_filled'],
  ['CANCELED', 'cancelled'],
  ['PARTIALLY_CANCELED', 'partially_cancelled'],
])

/** Source: MEXC spot v3 API docs, "Public API Definitions", order type. */
const kinds: ReadonlyMap<unknown, readonly [OrderType, TimeInForce | null]> = new Map([
  ['LIMIT', ['limit', 'gtc']],
  ['LIMIT_MAKER', ['limit', 'post_only']],
  ['IMMEDIATE_OR_CANCEL', ['limit', 'ioc']],
  ['FILL_OR_KILL', ['limit', 'fok']],
  ['MARKET', ['market', null]],
  ['STOP_MARKET_ORDER', ['stop', null]],
])

/** `averagePrice` is null: REST does not tell it. */
function orderMessage(row: Row, { stream, instrument }: BackfillRequest, receivedAt: number): DataMessage {
  const id = optionalText(row.orderId)
  if (id === null) throw unreadable(orders.path)
  const [type, timeInForce] = kinds.get(row.type) ?? [null, null]
  const side = row.side === 'BUY' || row.side === 'SELL' ? sideOf(row.side === 'BUY') : null
  const status = statuses.get(row.status) ?? null
  const [asked, filledSize] = [decimalText(row.origQty), decimalText(row.executedQty)]
  // A market buy that names what to spend asks for no size.
  const namesQuote = type === 'market' && side !== 'sell' && !(Number(asked) > 0)
  const size = namesQuote ? (status === 'filled' ? filledSize : null) : asked
  const [createdAt, updatedAt] = [timeOf(Number(row.time)), timeOf(Number(row.updateTime ?? 0))]
  const data: OrderData = {
    id,
    clientId: optionalText(row.clientOrderId),
    side,
    type,
    timeInForce,
    status,
    price: type === 'market' ? null : positive(decimalText(row.price)),
    triggerPrice: positive(decimalText(row.stopPrice)),
    size,
    filledSize,
    remainingSize: size === null || filledSize === null ? null : subtractDecimals(size, filledSize),
    averagePrice: null,
    createdAt,
    updatedAt,
  }
  return dataMessage<'orders'>(stream, instrument, data, updatedAt ?? createdAt, receivedAt, null)
}

function sideOf(isBuy: boolean): 'buy' | 'sell' {
  return isBuy ? 'buy' : 'sell'
}

function unreadable(path: string): Error {
  return unusableAnswer(mexcRest, `GET ${path}`, 'a row cannot be read')
}
