import { gateioMix } from '../workloads/gateio-mix.js'
import {
  gateioBook,
  gateioBookTickers,
  gateioBookTickersOf,
  gateioDepthUpdates,
  gateioTrades,
} from '../workloads/gateio-workloads.js'
import { mexcBook, mexcBookTickers, mexcTenPairs, mexcTrades } from '../workloads/mexc-workloads.js'
import type { Workload } from '../workloads/workload.js'

/** What a message of each kind costs is asked of these; each fits on one connection. */
export type InProcessWorkload =
  | 'Gate.io book ticker'
  | 'Gate.io book ticker, 30 pairs'
  | 'Gate.io book ticker, 1,000 pairs'
  | 'Gate.io trades'
  | 'Gate.io order book updates'
  | 'Gate.io order book kept'
  | 'Gate.io mix'
  | 'MEXC book ticker'
  | 'MEXC trades'
  | 'MEXC order book kept'
  | 'MEXC mix'

/** By what the report calls them. */
export const inProcessWorkloads: Readonly<Record<InProcessWorkload, () => Workload | Promise<Workload>>> = {
  'Gate.io book ticker': gateioBookTickers,
  'Gate.io book ticker, 30 pairs': () => gateioBookTickersOf(30),
  'Gate.io book ticker, 1,000 pairs': () => gateioBookTickersOf(1_000),
  'Gate.io trades': gateioTrades,
  'Gate.io order book updates': gateioDepthUpdates,
  'Gate.io order book kept': gateioBook,
  'Gate.io mix': gateioMix,
  'MEXC book ticker': mexcBookTickers,
  'MEXC trades': mexcTrades,
  'MEXC order book kept': mexcBook,
  'MEXC mix': mexcTenPairs,
}
