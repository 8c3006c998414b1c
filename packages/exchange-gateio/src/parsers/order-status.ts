import type { OrderStatus } from '@tapewire/core'

/** Endings that the order's own time in force brings about: nobody cancelled it. */
const expiring: ReadonlySet<string> = new Set(['ioc', 'fok', 'poc'])

/** What the status of an order is told from. */
export interface OrderProgress {
  /** `put`, `update` or `finish`. */
  readonly event: string
  /** Why it finished; null or `-` where it is not said. */
  readonly finishedAs: string | null
  readonly hasFills: boolean
  /** Whether `left` is zero. Not proof of a fill: a market buy counts `left` in quote currency, and dust may remain. */
  readonly nothingLeft: boolean
}

/**
 * The status of an order. A finished one is `filled` where `finish_as` says so; otherwise `partially_cancelled` where something was filled,
 * `expired` where its time in force ended it (`ioc`, `fok`, `poc`), and `cancelled` in every other case (`cancelled`, `stp`, `small`, `liquidate_cancelled`,
 * `depth_not_enough`, `trader_not_enough`). Source: Gate.io spot WebSocket v4 docs, `spot.orders`.
 */
export function orderStatus({ event, finishedAs, hasFills, nothingLeft }: OrderProgress): OrderStatus {
  if (event !== 'finish') return hasFills ? 'partially_filled' : 'open'
  if (finishedAs === 'filled') return 'filled'
  const isSaid = finishedAs !== null && finishedAs !== '-' && finishedAs !== 'open'
  if (!isSaid && hasFills && nothingLeft) return 'filled'
  if (hasFills) return 'partially_cancelled'
  return isSaid && expiring.has(finishedAs) ? 'expired' : 'cancelled'
}
