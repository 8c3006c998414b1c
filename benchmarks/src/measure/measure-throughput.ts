import type { Build } from '../processes/build.js'
import type { Column, RunOptions, ScenarioTable } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import type { Workload } from '../workloads/workload.js'
import { contestant, interleave } from './interleave.js'
import { withRatios } from './ratios.js'
import { Rig } from './rig.js'

export const throughputColumns: readonly Column[] = [
  { key: 'messagesPerSecond', title: 'messages/s', decimals: 0 },
  { key: 'microseconds', title: 'µs a message', decimals: 3 },
  { key: 'cpuMicroseconds', title: 'CPU µs a message', decimals: 3 },
  { key: 'allocatedBytes', title: 'heap bytes allocated a message', decimals: 0 },
  { key: 'connections', title: 'connections', decimals: 0 },
  { key: 'fallbacks', title: 'frames that fell back to the reference decoder', decimals: 0 },
]

/** What one would write by hand, and the peer that most people use. */
const baselines: readonly SubjectName[] = ['ws-json', 'ws-json-book', 'ws-protobufjs', 'ccxt']

/** As fast as each client goes, on the same frames. */
export async function throughputTable(
  workload: Workload,
  names: readonly SubjectName[],
  options: RunOptions,
): Promise<ScenarioTable> {
  const contestants = names.map((name) =>
    contestant(subjects[name], (build) => measureThroughput(name, workload, options.seconds, build)),
  )
  const rows = await interleave(contestants, options)
  const compared = baselines.filter((name) => names.includes(name)).map((name) => subjects[name].label)
  return {
    ...withRatios({ columns: throughputColumns, rows }, 'messagesPerSecond', compared),
    notes: [`Frames: ${workload.title}.`],
  }
}

/** One client, once. The first part of the time is for its code to be compiled, and not counted. */
export async function measureThroughput(
  name: SubjectName,
  workload: Workload,
  seconds: number,
  build: Build,
): Promise<Record<string, number>> {
  const rig = await Rig.open(name, workload, { build })
  try {
    rig.begin()
    const {
      messages,
      seconds: elapsed,
      cpuSeconds,
      allocatedBytes,
    } = await rig.observe(warmupSeconds(seconds), seconds)
    if (messages === 0) throw new Error(`Nothing was received in ${elapsed} s.`)
    const { finished } = await rig.settle()
    const fallbacks = finished.details.fallbacks ?? 0
    return {
      messagesPerSecond: messages / elapsed,
      microseconds: (elapsed / messages) * 1e6,
      cpuMicroseconds: (cpuSeconds / messages) * 1e6,
      allocatedBytes: allocatedBytes / messages,
      connections: rig.connections,
      // A column of its own only where it happened.
      ...(fallbacks === 0 ? {} : { fallbacks }),
    }
  } finally {
    await rig.close()
  }
}

/** A third of the measurement, but long enough for the optimising compiler. */
export function warmupSeconds(seconds: number): number {
  return Math.max(0.3, Math.min(2, seconds / 3))
}
