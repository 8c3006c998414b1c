import { growthNote, growthPerMinute } from '../measure/growth.js'
import { contestant, interleave } from '../measure/interleave.js'
import { Rig } from '../measure/rig.js'
import type { Memory } from '../processes/subject-messages.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'
import type { Workload } from '../workloads/workload.js'

const names: readonly SubjectName[] = ['tapewire-walker', 'tapewire-ws', 'ws-json']
const messagesPerSecond = 200_000
const samples = 40

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
      notes: [`${samples} samples of each client, ${growthNote}`],
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
    const perMinute = (bytes: (memory: Memory) => number): number => growthPerMinute(taken, seconds / samples, bytes)
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
