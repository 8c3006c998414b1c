import { throughputTable } from '../measure/measure-throughput.js'
import type { Scenario } from '../scenario.js'
import { gateioBook as book } from '../workloads/gateio-workloads.js'

/** The channel that brings its own snapshot, so that every client can keep a book without REST; the best prices are read after each update. */
export const gateioBook: Scenario = {
  name: 'gateio-book',
  title: 'Gate.io order book kept: from the socket to the best prices of an updated book, 50 levels a side',
  comparedBy: ['microseconds'],
  run: (options) => throughputTable(book(), ['tapewire-walker', 'tapewire-ws', 'ws-json-book', 'ccxt'], options),
}
