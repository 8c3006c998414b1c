import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { mexcBookTickers } from '../workloads/mexc-workloads.js'

export const mexcBookTicker: Scenario = {
  name: 'mexc-book-ticker',
  title: 'MEXC book ticker: from the socket to a typed object in the handler',
  comparedBy: ['microseconds'],
  run: (options) =>
    throughputTable(
      mexcBookTickers(),
      ['tapewire-walker', 'tapewire-ws', 'ws-protobufjs', 'ws-receive', 'ccxt'],
      options,
    ),
}
