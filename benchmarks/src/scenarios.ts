import type { Scenario } from './scenario.js'
import { gateioBookTicker } from './scenarios/gateio-book-ticker.js'
import { gateioDepth } from './scenarios/gateio-depth.js'
import { gateioMix } from './scenarios/gateio-mix.js'
import { gateioTrades } from './scenarios/gateio-trades.js'
import { mexcBookTicker } from './scenarios/mexc-book-ticker.js'
import { mexcHundredPairs } from './scenarios/mexc-hundred-pairs.js'
import { receive } from './scenarios/receive.js'

/** Every scenario, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  receive,
  gateioBookTicker,
  mexcBookTicker,
  gateioTrades,
  gateioDepth,
  gateioMix,
  mexcHundredPairs,
]
