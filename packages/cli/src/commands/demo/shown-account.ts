import { type BalanceData, type ExecutionData, type FeedMessage, MessageType, type OrderData } from '@tapewire/core'

export interface ShownOrder extends OrderData {
  readonly symbol: string
}

export interface ShownExecution extends ExecutionData {
  readonly symbol: string
}

const mostExecutions = 10
const openStatuses: readonly OrderData['status'][] = ['open', 'partially_filled']

/** What a view shows of an account: its open orders, its latest fills, what it holds. */
export class ShownAccount {
  readonly #orders = new Map<string, ShownOrder>()
  readonly #balances = new Map<string, BalanceData>()
  #executions: readonly ShownExecution[] = []

  readonly receive = (message: FeedMessage): void => {
    if (message.type === MessageType.Order) {
      const { id, status } = message.data
      this.#orders.delete(id)
      if (openStatuses.includes(status)) this.#orders.set(id, { ...message.data, symbol: message.symbol.name })
    } else if (message.type === MessageType.Trade) {
      const execution = { ...message.data, symbol: message.symbol.name }
      this.#executions = [execution, ...this.#executions].slice(0, mostExecutions)
    } else if (message.type === MessageType.Balance) {
      for (const balance of message.data) this.#balances.set(balance.asset, balance)
    }
  }

  /** The one that changed last comes first. */
  get openOrders(): readonly ShownOrder[] {
    return [...this.#orders.values()].reverse()
  }

  /** Newest first. */
  get executions(): readonly ShownExecution[] {
    return this.#executions
  }

  /** By asset. */
  get balances(): readonly BalanceData[] {
    return [...this.#balances.values()].sort((left, right) => (left.asset < right.asset ? -1 : 1))
  }
}
