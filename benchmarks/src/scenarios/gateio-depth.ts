import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioDepthUpdates } from '../workloads/gateio-workloads.js'

/** tardis-dev and ccxt hand out nothing of these updates before they hold a snapshot from REST, so they are not in it; `gateio-book` has ccxt. */
export const gateioDepth: Scenario = {
  name: 'gateio-depth',
  title: 'Gate.io order book updates of six levels: from the socket to a typed object in the handler',
  comparedBy: ['microseconds'],
  run: (options) =>
    throughputTable(
      gateioDepthUpdates(),
      ['tapewire-walker', 'tapewire-ws', 'ws-json', 'ws-receive', 'gateio-api'],
      options,
    ),
}
