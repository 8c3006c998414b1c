import { contestant, interleave } from '../measure/interleave.js'
import type { LatencySummary } from '../measure/latency-histogram.js'
import { warmupSeconds } from '../measure/measure-throughput.js'
import { Rig } from '../measure/rig.js'
import type { Build } from '../processes/build.js'
import type { Column, Scenario } from '../scenario.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import { gateioBookTickers } from '../workloads/gateio-workloads.js'
import type { Workload } from '../workloads/workload.js'

const rates: readonly number[] = [10_000, 50_000, 100_000]
const names: readonly SubjectName[] = [
  'tapewire-walker',
  'tapewire-ws',
  'transport-walker',
  'ws-json',
  'gateio-api',
  'tardis-dev',
  'ccxt',
]

const columns: readonly Column[] = [
  { key: 'p50', title: 'p50 µs', decimals: 0 },
  { key: 'p90', title: 'p90 µs', decimals: 0 },
  { key: 'p99', title: 'p99 µs', decimals: 0 },
  { key: 'p999', title: 'p99.9 µs', decimals: 0 },
  { key: 'p9999', title: 'p99.99 µs', decimals: 0 },
  { key: 'over1ms', title: 'over 1 ms, %', decimals: 3 },
  { key: 'processingP50', title: 'processing p50 µs', decimals: 0 },
  { key: 'processingP99', title: 'processing p99 µs', decimals: 0 },
  { key: 'processingP9999', title: 'processing p99.99 µs', decimals: 0 },
  { key: 'processingOver1ms', title: 'processing over 1 ms, %', decimals: 3 },
  { key: 'processingOver20us', title: 'processing over 20 µs, %', decimals: 2 },
  { key: 'coreWait', title: 'ready to run, but no core, % of the time', decimals: 2 },
  { key: 'lateP99', title: 'sender late, p99 µs', decimals: 0 },
]

/** At rates a client can keep up with: what matters then is how long each message takes. */
export const latency: Scenario = {
  name: 'latency',
  title: 'Latency at fixed rates: Gate.io book ticker, from the time a message was due to the return of the handler',
  comparedBy: ['p50'],
  async run(options) {
    const workload = gateioBookTickers()
    const contestants = rates.flatMap((rate) =>
      names.map((name) =>
        contestant(
          subjects[name],
          (build) => measure(name, workload, rate, options.seconds, build),
          `, ${rate.toLocaleString('en')}/s`,
        ),
      ),
    )
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        `Frames: ${workload.title}.`,
        'Messages are due at even distances, and each is timed from when it was due, whether or not it could be sent then: a client that stalls is charged for ' +
          'all that came meanwhile. Processing is timed from the read of the socket; clients that do not tell when that was have none. How late the sender was is part ' +
          'of every latency, and shown, as is how long the client’s thread was ready to run while the machine ran something else on its core: what arrives meanwhile ' +
          'is read at once afterwards, and waits in line for the handler.',
      ],
    }
  },
}

async function measure(
  name: SubjectName,
  workload: Workload,
  messagesPerSecond: number,
  seconds: number,
  build: Build,
): Promise<Record<string, number>> {
  const rig = await Rig.open(name, workload, { pace: { messagesPerSecond }, measure: 'latency', build })
  try {
    const warmup = warmupSeconds(seconds)
    await rig.beginOnSchedule(messagesPerSecond, Math.round(warmup * messagesPerSecond))
    const coreWait = await rig.coreWait(warmup, seconds)
    const { sent, finished } = await rig.settle()
    return {
      ...endToEnd(finished.endToEnd),
      ...processing(finished.processing),
      ...(coreWait === null ? {} : { coreWait: coreWait * 100 }),
      lateP99: sent.lateness?.p99 ?? 0,
    }
  } finally {
    await rig.close()
  }
}

function endToEnd(summary: LatencySummary | null): Record<string, number> {
  if (summary === null || summary.count === 0) throw new Error('No message was timed.')
  const { p50, p90, p99, p999, p9999, over1ms } = summary
  return { p50, p90, p99, p999, p9999, over1ms: over1ms * 100 }
}

function processing(summary: LatencySummary | null): Record<string, number> {
  if (summary === null || summary.count === 0) return {}
  const { p50, p99, p9999, over20us, over1ms } = summary
  return {
    processingP50: p50,
    processingP99: p99,
    processingP9999: p9999,
    processingOver20us: over20us * 100,
    processingOver1ms: over1ms * 100,
  }
}
