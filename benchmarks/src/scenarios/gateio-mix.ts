import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioMix as mix } from '../workloads/gateio-mix.js'

/** What a handful of pairs really send, all channels together. */
export const gateioMix: Scenario = {
  name: 'gateio-mix',
  title: 'Gate.io, the mix of a recorded session: order books, tickers, candles, trades',
  comparedBy: ['microseconds'],
  run: async (options) =>
    throughputTable(await mix(), ['tapewire-walker', 'tapewire-ws', 'ws-json', 'ws-receive'], options),
}
