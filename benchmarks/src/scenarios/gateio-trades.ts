import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioTrades as trades } from '../workloads/gateio-workloads.js'

export const gateioTrades: Scenario = {
  name: 'gateio-trades',
  title: 'Gate.io trades: from the socket to a typed object in the handler',
  comparedBy: ['microseconds'],
  run: (options) =>
    throughputTable(
      trades(),
      ['tapewire-walker', 'tapewire-ws', 'ws-json', 'ws-receive', 'gateio-api', 'tardis-dev', 'ccxt'],
      options,
    ),
}
