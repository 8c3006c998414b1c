import { contestant, interleave } from '../measure/interleave.js'
import { warmupSeconds } from '../measure/measure-throughput.js'
import { Rig } from '../measure/rig.js'
import type { Build } from '../processes/build.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'
import type { Workload } from '../workloads/workload.js'

const names: readonly SubjectName[] = ['tapewire-walker', 'tapewire-ws', 'ws-iterator']

const columns: readonly Column[] = [
  { key: 'messagesPerSecond', title: 'messages/s', decimals: 0 },
  { key: 'microseconds', title: 'µs a message', decimals: 3 },
  { key: 'peakMegabytes', title: 'most memory above idle, MB', decimals: 1 },
  { key: 'mostPending', title: 'most messages waiting', decimals: 0 },
  { key: 'lost', title: 'lost', decimals: 0 },
]

/** More than the handler can take. */
const offeredPerSecond = 300_000

/** How often memory is looked at. */
const samplesPerSecond = 20

/** A handler slower than the exchange: what waits must be bounded, and nothing may be lost. */
export const slowHandler: Scenario = {
  name: 'slow-handler',
  title: 'A slow handler: it awaits a turn of the event loop for each message, and is fed more than that allows',
  comparedBy: ['microseconds'],
  async run(options) {
    const workload = gateioBookTickers()
    const contestants = names.map((name) =>
      contestant(subjects[name], (build) => measure(name, workload, options.seconds, build)),
    )
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        `Frames: ${workload.title}, ${offeredPerSecond.toLocaleString('en')} of them a second. tapewire's overflow policy is \`pause\`, its default: it stops reading the socket. After the load, everybody reads what waits, and every ` +
          'message is counted.',
      ],
    }
  },
}

async function measure(
  name: SubjectName,
  workload: Workload,
  seconds: number,
  build: Build,
): Promise<Record<string, number>> {
  const rig = await Rig.open(name, workload, { handler: 'turn', pace: { messagesPerSecond: offeredPerSecond }, build })
  try {
    const idle = await rig.measureMemory()
    rig.begin()
    const warmup = warmupSeconds(seconds)
    const [usage, mostPending] = await Promise.all([rig.observe(warmup, seconds), watchPending(rig, warmup + seconds)])
    const { sent, finished } = await rig.settle()
    return {
      messagesPerSecond: usage.messages / usage.seconds,
      microseconds: (usage.seconds / usage.messages) * 1e6,
      peakMegabytes: (finished.peakResidentBytes - idle.residentBytes) / 1e6,
      lost: sent.messages - finished.messages,
      ...(finished.details.pendingMessages === undefined ? {} : { mostPending }),
    }
  } finally {
    await rig.close()
  }
}

async function watchPending(rig: Rig, seconds: number): Promise<number> {
  let most = 0
  for (let sample = 0; sample < seconds * samplesPerSecond; sample += 1) {
    await rig.pause(1 / samplesPerSecond)
    most = Math.max(most, (await rig.measureMemory()).pendingMessages)
  }
  return most
}
