import {
  type BalanceData,
  type ExecutionData,
  type FeedMessage,
  type Instrument,
  MessageType,
  type OrderData,
} from '@tapewire/core'
import type { AccountEvent, BalanceEvent, FillEvent, OrderEvent } from '../../market/account-event.js'

/** How far a told time may be from the account's own, ms: as coarse as a second. */
const timeSlackMs = 1_000

/** What a feed says of an account that is not so. */
export interface AccountMismatch {
  readonly what: string
  readonly expected: unknown
  readonly got: unknown
  readonly file: string
}

/** An order or a fill as it was told. */
export interface ToldOf<Data> {
  readonly symbol: Instrument | null
  readonly data: Data
  readonly isFetched: boolean
}

/** Everything that was told of an account, each kind in order. */
export interface ToldAccount {
  readonly orders: readonly ToldOf<OrderData>[]
  readonly executions: readonly ToldOf<ExecutionData>[]
  readonly balances: readonly BalanceData[]
}

export function toldAccount(messages: readonly FeedMessage[]): ToldAccount {
  const orders: ToldOf<OrderData>[] = []
  const executions: ToldOf<ExecutionData>[] = []
  const balances: BalanceData[] = []
  for (const message of messages) {
    const isFetched = 'backfilled' in message && message.backfilled === true
    if (message.type === MessageType.Order) orders.push({ symbol: message.symbol, data: message.data, isFetched })
    if (message.type === MessageType.Trade) executions.push({ symbol: message.symbol, data: message.data, isFetched })
    if (message.type === MessageType.Balance) balances.push(...message.data)
  }
  return { orders, executions, balances }
}

/** An amount without the zeros that say nothing: `0.50` is `0.5`. */
export function trimmed(amount: string | null): string | null {
  if (amount === null || !amount.includes('.')) return amount
  return amount.replace(/\.?0+$/, '')
}

/** Which fields of an order are not what the order was, as `price`; those that an exchange may leave out count where they are told. */
function orderFaults({ symbol, data }: ToldOf<OrderData>, event: OrderEvent): readonly string[] {
  return faultsOf([
    ['symbol', symbol === event.pair],
    ['side', data.side === event.side],
    ['type', data.type === event.type],
    ['status', data.status === event.status],
    ['price', trimmed(data.price) === event.price],
    ['triggerPrice', isOr(data.triggerPrice, event.triggerPrice)],
    ['size', trimmed(data.size) === event.size],
    // Nothing of an order that waits for its trigger price can be filled.
    [
      'filledSize',
      trimmed(data.filledSize) === event.filledSize || (event.type === 'stop' && data.filledSize === null),
    ],
    ['remainingSize', isOr(data.remainingSize, event.remainingSize)],
    ['averagePrice', isAbout(data.averagePrice, event.averagePrice)],
    ['clientId', data.clientId === null || data.clientId === event.clientId],
    ['timeInForce', data.timeInForce === null || data.timeInForce === event.timeInForce],
    ['createdAt', isNear(data.createdAt, event.createdAt)],
    ['updatedAt', isNear(data.updatedAt, event.updatedAt)],
    ['id', typeof data.id === 'string' && data.id !== ''],
  ])
}

/** As `orderFaults`, of a fill. */
function executionFaults({ symbol, data }: ToldOf<ExecutionData>, event: FillEvent): readonly string[] {
  return faultsOf([
    ['symbol', symbol === event.pair],
    ['side', data.side === event.side],
    ['price', trimmed(data.price) === event.price],
    ['size', trimmed(data.size) === event.size],
    ['quoteSize', isOr(data.quoteSize, event.quoteSize)],
    ['fee', isOr(data.fee, event.fee)],
    ['feeAsset', data.feeAsset === null || data.feeAsset === event.feeAsset],
    ['liquidity', data.liquidity === null || data.liquidity === event.liquidity],
    ['clientId', data.clientId === null || data.clientId === event.clientId],
    ['time', isNear(data.time, event.time)],
    ['id', typeof data.id === 'string' && data.id !== ''],
  ])
}

/** As `orderFaults`, of a balance. */
function balanceFaults(data: BalanceData, event: BalanceEvent): readonly string[] {
  return faultsOf([
    ['asset', data.asset === event.asset],
    ['free', trimmed(data.free) === event.free],
    ['locked', trimmed(data.locked) === event.locked],
    ['total', trimmed(data.total) === event.total],
    ['change', isOr(data.change, event.change)],
    ['freeChange', isOr(data.freeChange, event.freeChange)],
    ['time', isNear(data.time, event.time)],
  ])
}

/**
 * Holds what was told while something happened to an account against what happened: every fill and the last state of each order and of each asset have to be told, states in
 * between may be, and nothing else. Null where it is so. An order that waits for its trigger price need not be told: some exchanges tell of those elsewhere.
 */
export function accountMismatch(events: readonly AccountEvent[], told: ToldAccount): AccountMismatch | null {
  const fills = events.filter((event) => event.kind === 'fill')
  const orders = groups(
    events.filter((event) => event.kind === 'order'),
    ({ id }) => id,
  )
  const assets = groups(
    events.filter((event) => event.kind === 'balance'),
    ({ asset }) => asset,
  )
  return (
    executionMismatch(fills, told.executions) ??
    orderMismatch(orders, told.orders) ??
    first(assets, ([asset, states]) => {
      const rows = told.balances.filter((row) => row.asset === asset)
      return seriesMismatch(`the balance of ${asset}`, states, rows, balanceFaults, 'parsers/balances.ts', true)
    }) ??
    stranger(
      told.balances.filter(({ asset }) => !assets.has(asset)),
      'a balance was told that did not change',
      'parsers/balances.ts',
    )
  )
}

function executionMismatch(
  fills: readonly FillEvent[],
  told: readonly ToldOf<ExecutionData>[],
): AccountMismatch | null {
  const file = 'parsers/executions.ts'
  if (told.length !== fills.length) {
    const what = `${fills.length} fills happened, and ${told.length} executions were told`
    return { what, expected: fills, got: told.map(({ data }) => data), file }
  }
  for (const [place, fill] of fills.entries()) {
    const execution = told[place] as ToldOf<ExecutionData>
    const faults = executionFaults(execution, fill)
    if (faults.length > 0)
      return { what: `an execution has another ${faults.join(', ')}`, expected: fill, got: execution.data, file }
  }
  return null
}

function orderMismatch(
  orders: ReadonlyMap<string, readonly OrderEvent[]>,
  told: readonly ToldOf<OrderData>[],
): AccountMismatch | null {
  const file = 'parsers/orders.ts'
  const left = new Set(told)
  for (const states of orders.values()) {
    const mayBeUntold = states.every(({ type }) => type === 'stop')
    const [{ clientId, id, side, pair }] = states as readonly [OrderEvent, ...OrderEvent[]]
    // By the names it has, or else by what it is: an exchange may have names of its own for both.
    const named = told.filter(({ data }) => data.id === id || data.clientId === clientId)
    const own = named.length > 0 ? named : told.filter(({ data, symbol }) => data.side === side && symbol === pair)
    for (const each of own) left.delete(each)
    if (own.length === 0 && mayBeUntold) continue
    const mismatch = seriesMismatch(`order ${id}`, states, own, orderFaults, file, !mayBeUntold)
    if (mismatch !== null) return mismatch
  }
  return stranger(
    [...left].map(({ data }) => data),
    'an order was told to which nothing happened',
    file,
  )
}

/** Each that was told has to be one of the states, in order and once, and the last of them the last. */
function seriesMismatch<State, Told>(
  name: string,
  states: readonly State[],
  told: readonly Told[],
  faultsIn: (one: Told, state: State) => readonly string[],
  file: string,
  isLastTold: boolean,
): AccountMismatch | null {
  let next = 0
  for (const one of told) {
    const place = states.findIndex((state, index) => index >= next && faultsIn(one, state).length === 0)
    if (place < 0) {
      const nearest = states[Math.min(next, states.length - 1)] as State
      const faults = faultsIn(one, nearest)
      const what = faults.length === 0 ? `${name} was told twice` : `${name} was told with another ${faults.join(', ')}`
      return { what, expected: nearest, got: one, file }
    }
    next = place + 1
  }
  if (!isLastTold || next === states.length) return null
  return { what: `the last state of ${name} was not told`, expected: states.at(-1), got: told, file }
}

function stranger(left: readonly unknown[], what: string, file: string): AccountMismatch | null {
  return left.length === 0 ? null : { what, expected: 'none', got: left[0], file }
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const grouped = new Map<string, Item[]>()
  for (const item of items) grouped.set(keyOf(item), [...(grouped.get(keyOf(item)) ?? []), item])
  return grouped
}

function first<Key, Value, Result>(
  map: ReadonlyMap<Key, Value>,
  look: (entry: readonly [Key, Value]) => Result | null,
): Result | null {
  for (const entry of map) {
    const result = look(entry)
    if (result !== null) return result
  }
  return null
}

function faultsOf(fields: readonly (readonly [name: string, isRight: boolean])[]): readonly string[] {
  return fields.filter(([, isRight]) => !isRight).map(([name]) => name)
}

function isOr(told: string | null, truth: string | null): boolean {
  return told === null || trimmed(told) === truth
}

/** Averages are cut or rounded at a place of each exchange's own. */
function isAbout(told: string | null, truth: string | null): boolean {
  if (told === null || truth === null) return told === null
  return Math.abs(Number(told) - Number(truth)) <= Math.abs(Number(truth)) * 1e-6
}

function isNear(told: number | null, truth: number): boolean {
  return told === null || Math.abs(told - truth) < timeSlackMs
}
