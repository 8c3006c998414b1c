import { type InProcessWorkload, inProcessWorkloads } from '../in-process/workloads.js'
import { isChosen } from '../measure/interleave.js'
import { warmupSeconds } from '../measure/measure-throughput.js'
import { runByRun } from '../measure/ratios.js'
import { Standing } from '../measure/standing.js'
import { Child } from '../processes/child.js'
import type { SliceCommand, SliceReport } from '../processes/slice-process.js'
import type { Column, Row, RunOptions, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'off', title: 'CPU ns a message, off', decimals: 0 },
  { key: 'on', title: 'CPU ns a message, on', decimals: 0 },
  { key: 'ratio', title: 'on / off', decimals: 3 },
  { key: 'allocatedOff', title: 'heap bytes allocated a message, off', decimals: 0 },
  { key: 'allocatedOn', title: 'heap bytes allocated a message, on', decimals: 0 },
]

const workloads: readonly InProcessWorkload[] = [
  'Gate.io book ticker',
  'Gate.io order book kept',
  'Gate.io mix',
  'MEXC book ticker',
  'MEXC mix',
]

/** What it costs to keep every frame: two managers in one process that take turns of a few milliseconds, one with a flight recorder. */
export const flightRecorder: Scenario = {
  name: 'flight-recorder',
  title: 'A flight recorder that keeps every frame, between a transport and the handler',
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
      notes: ['The ratio is the median of those of the runs.'],
    }
  },
}

function withRatio(row: Row): Row {
  const { samples } = row
  return { ...row, samples: { ...samples, ratio: runByRun(samples.on ?? [], samples.off ?? []) } }
}

async function measure(
  workload: InProcessWorkload,
  { seconds }: Pick<RunOptions, 'seconds'>,
): Promise<Record<string, number>> {
  const child = new Child<SliceCommand, SliceReport>('slice-process')
  try {
    child.send({ kind: 'open', workload, builds: [null, 'with a flight recorder'] })
    await child.next('opened')
    child.send({ kind: 'measure', seconds: warmupSeconds(seconds) * 2 })
    await child.next('measured')
    child.send({ kind: 'measure', seconds: seconds * 2 })
    const [off, on] = (await child.next('measured')).figures
    if (off === undefined || on === undefined) throw new Error('Nothing was measured.')
    return {
      off: off.nanoseconds,
      on: on.nanoseconds,
      allocatedOff: off.allocatedBytes,
      allocatedOn: on.allocatedBytes,
    }
  } finally {
    await child.end()
  }
}
