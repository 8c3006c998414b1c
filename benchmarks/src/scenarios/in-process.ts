import type { SliceFigures } from '../in-process/slices.js'
import { type InProcessWorkload, inProcessWorkloads } from '../in-process/workloads.js'
import { pairedFigures } from '../measure/compare-builds.js'
import { isChosen } from '../measure/interleave.js'
import { warmupSeconds } from '../measure/measure-throughput.js'
import { Standing } from '../measure/standing.js'
import { Child } from '../processes/child.js'
import type { BuildPlace, SliceCommand, SliceReport } from '../processes/slice-process.js'
import type { Column, RunOptions, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'nanoseconds', title: 'CPU ns a message', decimals: 0 },
  { key: 'allocatedBytes', title: 'heap bytes allocated a message', decimals: 0 },
]

/** Where two builds are compared, both are in one process and take turns of a few milliseconds: that tells differences which a socket’s noise would hide. */
export const inProcess: Scenario = {
  name: 'in-process',
  title: 'Between a transport and the handler, without a socket',
  comparedBy: ['nanoseconds', 'allocatedBytes'],
  async run(options) {
    const names = (Object.keys(inProcessWorkloads) as InProcessWorkload[]).filter((label) =>
      isChosen({ label, isOurs: true }, options),
    )
    const standings = names.map((name) => ({ name, standing: new Standing({ label: name, missing: null }) }))
    for (let run = 1; run <= options.runs; run += 1) {
      const progress = (text: string): void => options.progress(`run ${run}/${options.runs}  ${text}`)
      for (const { name, standing } of standings) await standing.attempt(progress, () => measure(name, options))
    }
    return {
      columns,
      rows: standings.map(({ standing }) => standing.row()),
      notes: [
        'Frames are handed to the manager as a transport does it, and the handler adds up what it reads; a run is the lower quartile of slices of some thousand messages.',
      ],
    }
  },
}

async function measure(
  workload: InProcessWorkload,
  { other, seconds }: Pick<RunOptions, 'other' | 'seconds'>,
): Promise<Record<string, number>> {
  const builds: BuildPlace[] = other === null ? [null] : [null, { folder: other.folder.href }]
  const child = new Child<SliceCommand, SliceReport>('slice-process')
  try {
    child.send({ kind: 'open', workload, builds })
    await child.next('opened')
    child.send({ kind: 'measure', seconds: warmupSeconds(seconds) * builds.length })
    await child.next('measured')
    child.send({ kind: 'measure', seconds: seconds * builds.length })
    const [own, others] = (await child.next('measured')).figures
    if (own === undefined) throw new Error('Nothing was measured.')
    return others === undefined ? figuresOf(own) : pairedFigures(figuresOf(own), figuresOf(others))
  } finally {
    await child.end()
  }
}

function figuresOf({ nanoseconds, allocatedBytes }: SliceFigures): Record<string, number> {
  return { nanoseconds, allocatedBytes }
}
