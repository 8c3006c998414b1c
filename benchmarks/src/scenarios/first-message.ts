import { contestant, interleave } from '../measure/interleave.js'
import { Rig } from '../measure/rig.js'
import type { Build } from '../processes/build.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'
import type { Workload } from '../workloads/workload.js'

const names: readonly SubjectName[] = ['tapewire-walker', 'tapewire-ws', 'ws-json', 'gateio-api', 'tardis-dev', 'ccxt']

const columns: readonly Column[] = [
  { key: 'total', title: 'process start to first message, ms', decimals: 1 },
  { key: 'load', title: 'of it, loading the client’s modules', decimals: 1 },
  { key: 'connect', title: 'of it, connecting, subscribing, first message', decimals: 1 },
]

/** A new process until its first message: what a restart costs. */
export const firstMessage: Scenario = {
  name: 'first-message',
  title: 'From the start of a process to its first message: Gate.io book ticker',
  comparedBy: ['total'],
  async run(options) {
    const workload = gateioBookTickers()
    const contestants = names.map((name) => contestant(subjects[name], (build) => measure(name, workload, build)))
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: ['The exchange is on this machine and answers at once. The rest of the time is Node’s own start.'],
    }
  },
}

async function measure(name: SubjectName, workload: Workload, build: Build): Promise<Record<string, number>> {
  const rig = await Rig.open(name, workload, { measure: 'first-message', build })
  try {
    const { startedMs, loadedMs, receivedMs } = await rig.firstMessage()
    return { total: receivedMs, load: loadedMs - startedMs, connect: receivedMs - loadedMs }
  } finally {
    await rig.close()
  }
}
