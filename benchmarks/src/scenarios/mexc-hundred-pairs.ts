import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { mexcHundredPairs as hundredPairs } from '../workloads/mexc-workloads.js'

/** MEXC carries 30 streams a connection, so that one handler is fed by several. */
export const mexcHundredPairs: Scenario = {
  name: 'mexc-hundred-pairs',
  title: 'MEXC, 100 pairs with two streams each, over as many connections as the exchange asks for',
  comparedBy: ['microseconds'],
  run: (options) => throughputTable(hundredPairs(), ['tapewire-walker', 'tapewire-ws', 'ws-protobufjs'], options),
}
