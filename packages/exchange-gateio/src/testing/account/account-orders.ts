import type { AccountEvent, AccountSimulator, FillEvent, OrderEvent } from '@tapewire/testkit'

/** What is remembered of the account: orders that ended, and fills. */
const mostKept = 1_000

/** The account's orders and fills, the latest state of each: what can be asked for after it happened. */
export class AccountOrders {
  readonly #orders = new Map<string, OrderEvent>()
  readonly #fills: FillEvent[] = []
  readonly #stopListening: () => void

  constructor(account: AccountSimulator) {
    for (const order of account.openOrders()) this.#orders.set(order.id, order)
    this.#stopListening = account.listen((event) => this.#happened(event))
  }

  /** Newest first. */
  get fills(): readonly FillEvent[] {
    return [...this.#fills].reverse()
  }

  /** Newest first, open ones or those that ended. One that waits for its trigger price is none yet. */
  orders(which: 'open' | 'finished'): readonly OrderEvent[] {
    const orders = [...this.#orders.values()].filter(({ type }) => type !== 'stop')
    return orders.filter((order) => isOpen(order) === (which === 'open')).reverse()
  }

  /** By the exchange's id, or by the client's; null where there is none. */
  find(id: string | undefined): OrderEvent | null {
    const byClient = (): OrderEvent | undefined =>
      [...this.#orders.values()].findLast(({ clientId }) => clientId === id)
    return this.#orders.get(id ?? '') ?? byClient() ?? null
  }

  close(): void {
    this.#stopListening()
  }

  #happened(event: AccountEvent): void {
    if (event.kind === 'fill') {
      this.#fills.push(event)
      if (this.#fills.length > mostKept) this.#fills.shift()
    } else if (event.kind === 'order') {
      this.#orders.set(event.id, event)
      if (this.#orders.size > mostKept) this.#forgetOldest()
    }
  }

  #forgetOldest(): void {
    for (const [id, order] of this.#orders) {
      if (isOpen(order)) continue
      this.#orders.delete(id)
      return
    }
  }
}

/** Whether it can still be filled. */
export function isOpen({ status }: OrderEvent): boolean {
  return status === 'open' || status === 'partially_filled'
}
