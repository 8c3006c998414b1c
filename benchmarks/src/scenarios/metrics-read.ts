import { type InProcessWorkload, inProcessWorkloads } from '../in-process/workloads.js'
import { isChosen } from '../measure/interleave.js'
import { warmupSeconds } from '../measure/measure-throughput.js'
import { runByRun } from '../measure/ratios.js'
import { Standing } from '../measure/standing.js'
import { Child } from '../processes/child.js'
import type { SliceCommand, SliceReport } from '../processes/slice-process.js'
import type { Column, Row, RunOptions, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'unread', title: 'CPU ns a message, not read', decimals: 0 },
  { key: 'read', title: 'CPU ns a message, read', decimals: 0 },
  { key: 'ratio', title: 'read / not read', decimals: 3 },
  { key: 'readMicroseconds', title: 'CPU µs a reading', decimals: 0 },
]

const workloads: readonly InProcessWorkload[] = ['Gate.io book ticker, 30 pairs', 'Gate.io book ticker, 1,000 pairs']

/** What it costs to read the metrics ten times a second: two managers in one process that take turns of a few milliseconds, of one of which they are read. */
export const metricsRead: Scenario = {
  name: 'metrics-read',
  title: 'Metrics that are read ten times a second, between a transport and the handler',
  async run(options) {
    const names = workloads.filter((label) => label in inProcessWorkloads && isChosen({ label, isOurs: true }, options))
    const standings = names.map((name) => ({ name, standing: new Standing({ label: name, missing: null }) }))
    for (let run = 1; run <= options.runs; run += 1) {
      const progress = (text: string): void => options.progress(`run ${run}/${options.runs}  ${text}`)
      for (const { name, standing } of standings) await standing.attempt(progress, () => measure(name, options))
    }
    return {
      columns,
      rows: standings.map(({ standing }) => withRatio(standing.row())),
      notes: [
        'A reading is between two slices: what it takes itself is the last column, and what it leaves to the messages behind it is in the second. The ratio is the median of those of the runs.',
      ],
    }
  },
}

function withRatio(row: Row): Row {
  const { samples } = row
  return { ...row, samples: { ...samples, ratio: runByRun(samples.read ?? [], samples.unread ?? []) } }
}

async function measure(
  workload: InProcessWorkload,
  { seconds }: Pick<RunOptions, 'seconds'>,
): Promise<Record<string, number>> {
  const child = new Child<SliceCommand, SliceReport>('slice-process')
  try {
    child.send({ kind: 'open', workload, builds: [null, 'with its metrics read'] })
    await child.next('opened')
    child.send({ kind: 'measure', seconds: warmupSeconds(seconds) * 2 })
    await child.next('measured')
    child.send({ kind: 'measure', seconds: seconds * 2 })
    const [unread, read] = (await child.next('measured')).figures
    if (unread === undefined || read === undefined || read.readMicroseconds === null) {
      throw new Error('Nothing was measured.')
    }
    return { unread: unread.nanoseconds, read: read.nanoseconds, readMicroseconds: read.readMicroseconds }
  } finally {
    await child.end()
  }
}
