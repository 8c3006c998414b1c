import { contestant, interleave } from '../measure/interleave.js'
import { measureThroughput, throughputColumns } from '../measure/measure-throughput.js'
import { withSurcharge } from '../measure/ratios.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickersOf } from '../workloads/gateio-workloads.js'

const names: readonly SubjectName[] = ['tapewire-walker', 'tapewire-ws', 'ws-json']

const onePair = ', 1 pair'
const thousandPairs = ', 1,000 pairs'

const columns: readonly Column[] = [
  { key: 'surcharge', title: 'a message costs more than with one pair, %', decimals: 1 },
  ...throughputColumns,
]

/** What finding the stream of a message costs when there are many: whatever is kept for a stream no longer lies in the processor's nearest caches. */
export const gateioThousandPairs: Scenario = {
  name: 'gateio-thousand-pairs',
  title: 'Gate.io book ticker, 1,000 pairs on one connection against one pair',
  comparedBy: ['microseconds'],
  async run(options) {
    const one = gateioBookTickersOf(1)
    const thousand = gateioBookTickersOf(1_000)
    const contestants = names.flatMap((name) => [
      contestant(subjects[name], (build) => measureThroughput(name, one, options.seconds, build), onePair),
      contestant(subjects[name], (build) => measureThroughput(name, thousand, options.seconds, build), thousandPairs),
    ])
    const rows = await interleave(contestants, options)
    return {
      columns,
      rows: withSurcharge(rows, 'microseconds', (label) => label.replace(thousandPairs, onePair)),
      notes: [
        `Frames: ${thousand.title}; with one pair the same frames all name that one. The client by hand looks nothing up by pair: what it costs more is noise.`,
      ],
    }
  },
}
