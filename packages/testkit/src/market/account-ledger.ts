import type { AccountBalance, BalanceEvent, BalanceReason } from './account-event.js'
import { amountText, parseAmount } from './amount.js'

interface Holding {
  free: bigint
  locked: bigint
}

/** What the account owns. Nothing is ever negative. */
export class AccountLedger {
  readonly #holdings = new Map<string, Holding>()

  /** Starting balances by asset. Throws `ERR_INVALID_CONFIG` for one that is not plain decimal text. */
  constructor(balances: Readonly<Record<string, string>>) {
    for (const [asset, free] of Object.entries(balances))
      this.#holdings.set(asset, { free: parseAmount(free), locked: 0n })
  }

  free(asset: string): bigint {
    return this.#holdings.get(asset)?.free ?? 0n
  }

  /** Books one change of one asset. */
  book(asset: string, freeChange: bigint, lockedChange: bigint, reason: BalanceReason, time: number): BalanceEvent {
    const holding = this.#holdings.get(asset) ?? { free: 0n, locked: 0n }
    this.#holdings.set(asset, holding)
    holding.free += freeChange
    holding.locked += lockedChange
    return {
      kind: 'balance',
      ...image(asset, holding),
      change: amountText(freeChange + lockedChange),
      freeChange: amountText(freeChange),
      lockedChange: amountText(lockedChange),
      reason,
      time,
    }
  }

  balances(): AccountBalance[] {
    return [...this.#holdings].map(([asset, holding]) => image(asset, holding))
  }
}

function image(asset: string, { free, locked }: Holding): AccountBalance {
  return { asset, free: amountText(free), locked: amountText(locked), total: amountText(free + locked) }
}
