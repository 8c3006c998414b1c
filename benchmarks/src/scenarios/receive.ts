import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'

/** The floor under every client: frames arrive and nobody reads them. Its last row shows that the sender is not what limits the others. */
export const receive: Scenario = {
  name: 'receive',
  title: 'Receiving alone: what a frame costs before anything is read in it',
  comparedBy: ['microseconds'],
  run: (options) =>
    throughputTable(
      gateioBookTickers(),
      ['transport-walker', 'transport-ws', 'ws-receive', 'ws-receive-tuned', 'tcp-sink'],
      options,
    ),
}
