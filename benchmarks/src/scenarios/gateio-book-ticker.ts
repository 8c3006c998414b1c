import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'

export const gateioBookTicker: Scenario = {
  name: 'gateio-book-ticker',
  title: 'Gate.io book ticker: from the socket to a typed object in the handler',
  comparedBy: ['microseconds'],
  run: (options) =>
    throughputTable(
      gateioBookTickers(),
      ['tapewire-walker', 'tapewire-ws', 'ws-json', 'ws-receive', 'gateio-api', 'tardis-dev', 'ccxt'],
      options,
    ),
}
