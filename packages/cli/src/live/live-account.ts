import {
  type BalanceData,
  type ExecutionData,
  type FeedMessage,
  MessageType,
  type OrderData,
  type OrderStatus,
} from '@tapewire/core'
import { Recent } from './recent.js'

export interface LiveOrder extends OrderData {
  readonly symbol: string
}

export interface LiveExecution extends ExecutionData {
  readonly symbol: string
}

const mostExecutions = 50
/** More than any screen shows; what an exchange never says the end of must not stay for ever. */
const mostOrders = 500
const openStatuses: readonly OrderStatus[] = ['open', 'partially_filled']

/** What a screen shows of an account: its open orders, its latest fills, what it holds. Filled by a message handler, read as often as one likes. */
export class LiveAccount {
  readonly #orders = new Map<string, LiveOrder>()
  readonly #balances = new Map<string, BalanceData>()
  readonly #executions = new Recent<LiveExecution>(mostExecutions)

  receive(message: FeedMessage): void {
    if (message.type === MessageType.Order) {
      const { id, status } = message.data
      this.#orders.delete(id)
      if (status === null || !openStatuses.includes(status)) return
      this.#orders.set(id, { ...message.data, symbol: message.symbol.name })
      if (this.#orders.size > mostOrders) this.#orders.delete(this.#orders.keys().next().value as string)
    } else if (message.type === MessageType.Trade) {
      this.#executions.add({ ...message.data, symbol: message.symbol.name })
    } else if (message.type === MessageType.Balance) {
      for (const balance of message.data) this.#balances.set(balance.asset, balance)
    }
  }

  /** The one that changed last comes first, at most 500. */
  get openOrders(): readonly LiveOrder[] {
    return [...this.#orders.values()].reverse()
  }

  /** Newest first, at most 50. */
  get executions(): readonly LiveExecution[] {
    return this.#executions.newestFirst()
  }

  /** By asset. */
  get balances(): readonly BalanceData[] {
    return [...this.#balances.values()].sort((left, right) => (left.asset < right.asset ? -1 : 1))
  }
}
