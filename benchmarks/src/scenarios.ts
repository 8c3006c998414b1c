import type { Scenario } from './scenario.js'
import { bookMemory } from './scenarios/book-memory.js'
import { dashboard } from './scenarios/dashboard.js'
import { firstMessage } from './scenarios/first-message.js'
import { flightRecorder } from './scenarios/flight-recorder.js'
import { gateioBook } from './scenarios/gateio-book.js'
import { gateioBookSession } from './scenarios/gateio-book-session.js'
import { gateioBookTicker } from './scenarios/gateio-book-ticker.js'
import { gateioBookUpdates } from './scenarios/gateio-book-updates.js'
import { gateioDepth } from './scenarios/gateio-depth.js'
import { gateioMix } from './scenarios/gateio-mix.js'
import { gateioThousandPairs } from './scenarios/gateio-thousand-pairs.js'
import { gateioTrades } from './scenarios/gateio-trades.js'
import { inProcess } from './scenarios/in-process.js'
import { installation } from './scenarios/installation.js'
import { latency } from './scenarios/latency.js'
import { memory } from './scenarios/memory.js'
import { metricsRead } from './scenarios/metrics-read.js'
import { mexcBookTicker } from './scenarios/mexc-book-ticker.js'
import { mexcHundredPairs } from './scenarios/mexc-hundred-pairs.js'
import { receive } from './scenarios/receive.js'
import { recovery } from './scenarios/recovery.js'
import { redundancy } from './scenarios/redundancy.js'
import { relayEncoding } from './scenarios/relay-encoding.js'
import { relayFleet } from './scenarios/relay-fleet.js'
import { relayGroup } from './scenarios/relay-group.js'
import { relayThroughput } from './scenarios/relay-throughput.js'
import { slowHandler } from './scenarios/slow-handler.js'
import { subscriptionFormatting } from './scenarios/subscription-formatting.js'

/** Every scenario, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  receive,
  gateioBookTicker,
  mexcBookTicker,
  gateioTrades,
  gateioDepth,
  gateioBook,
  gateioBookUpdates,
  gateioBookSession,
  gateioMix,
  gateioThousandPairs,
  mexcHundredPairs,
  inProcess,
  flightRecorder,
  metricsRead,
  latency,
  slowHandler,
  memory,
  bookMemory,
  dashboard,
  firstMessage,
  recovery,
  redundancy,
  relayThroughput,
  relayGroup,
  relayFleet,
  subscriptionFormatting,
  relayEncoding,
  installation,
]
