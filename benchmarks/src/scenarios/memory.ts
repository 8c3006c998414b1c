import { contestant, interleave } from '../measure/interleave.js'
import { Rig } from '../measure/rig.js'
import { slope } from '../measure/statistics.js'
import type { Memory } from '../processes/subject-messages.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'
import type { Workload } from '../workloads/workload.js'

const names: readonly SubjectName[] = ['tapewire-walker', 'tapewire-ws', 'ws-json']
const messagesPerSecond = 200_000
const samples = 40

/** The first part of the time is for caches and compiled code to settle, and does not count. */
const settlingShare = 0.25

const columns: readonly Column[] = [
  { key: 'heapGrowth', title: 'heap growth, KB a minute', decimals: 1 },
  { key: 'residentGrowth', title: 'resident growth, KB a minute', decimals: 0 },
  { key: 'heapMegabytes', title: 'heap at the end, MB', decimals: 2 },
  { key: 'residentMegabytes', title: 'resident at the end, MB', decimals: 1 },
  { key: 'messages', title: 'messages', decimals: 0 },
]

/** A feed that runs for weeks must not grow. */
export const memory: Scenario = {
  name: 'memory',
  title: `Memory over time: Gate.io book ticker at ${messagesPerSecond.toLocaleString('en')} messages a second`,
  isLong: true,
  async run(options) {
    const workload = gateioBookTickers()
    const contestants = names.map((name) =>
      contestant(subjects[name], () => measure(name, workload, options.minutes * 60)),
    )
    return {
      columns,
      rows: await interleave(contestants, { ...options, runs: 1 }),
      notes: [
        `${samples} samples of each client, each after a full garbage collection; growth is the slope of the least-squares line ` +
          `through the last ${(1 - settlingShare) * 100} % of them. Over short runs it shows noise: \`--minutes 10\` is the real measurement.`,
      ],
    }
  },
}

async function measure(name: SubjectName, workload: Workload, seconds: number): Promise<Record<string, number>> {
  const rig = await Rig.open(name, workload, { pace: { messagesPerSecond }, nodeFlags: ['--expose-gc'] })
  try {
    rig.begin()
    const taken: Memory[] = []
    for (let sample = 0; sample < samples; sample += 1) {
      await rig.pause(seconds / samples)
      taken.push(await rig.measureMemory())
    }
    const { finished } = await rig.settle()
    const settled = taken.slice(Math.floor(samples * settlingShare))
    const perMinute = (bytes: (memory: Memory) => number): number =>
      slope(settled.map((memory, index) => ({ x: (index * seconds) / samples / 60, y: bytes(memory) / 1000 })))
    const last = taken.at(-1) as Memory
    return {
      heapGrowth: perMinute(({ heapBytes }) => heapBytes),
      residentGrowth: perMinute(({ residentBytes }) => residentBytes),
      heapMegabytes: last.heapBytes / 1e6,
      residentMegabytes: last.residentBytes / 1e6,
      messages: finished.messages,
    }
  } finally {
    await rig.close()
  }
}
