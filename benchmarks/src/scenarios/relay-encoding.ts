import { type Channel, channels } from '@tapewire/core'
import { isChosen } from '../measure/interleave.js'
import { runByRun } from '../measure/ratios.js'
import { median } from '../measure/statistics.js'
import { Child } from '../processes/child.js'
import type { EncodingCommand, EncodingFigures, EncodingReport } from '../processes/encoding-process.js'
import type { Column, Row, Scenario } from '../scenario.js'
import { ourEncoding } from '../subjects/encodings.js'

const columns: readonly Column[] = [
  { key: 'bytes1', title: 'bytes', decimals: 0 },
  { key: 'encodeNs1', title: 'write, CPU ns', decimals: 0 },
  { key: 'decodeNs1', title: 'read, CPU ns', decimals: 0 },
  { key: 'bytes20', title: 'bytes, 20 a frame', decimals: 0 },
  { key: 'encodeNs20', title: 'write, 20 a frame', decimals: 0 },
  { key: 'decodeNs20', title: 'read, 20 a frame', decimals: 0 },
  { key: 'times encodeNs20', title: `write, times ${ourEncoding}`, decimals: 1 },
  { key: 'times decodeNs20', title: `read, times ${ourEncoding}`, decimals: 1 },
]

/** What a consumer pays at most to read a message of ours that came with others, CPU ns. */
const mostDecodeNs = 400

/** The encoding of `@tapewire/relay-nats` beside JSON and MessagePack. */
export const relayEncoding: Scenario = {
  name: 'relay-encoding',
  title: 'Messages as bytes, between a relay and its consumers',
  async run(options) {
    const samples = new Map<string, Record<string, number[]>>()
    for (let run = 1; run <= options.runs; run += 1) {
      const figures = await measure(options.seconds * 4)
      options.progress(`run ${run}/${options.runs}  ${figures.length} figures`)
      for (const { channel, encoding, gathered, bytes, encodeNs, decodeNs } of figures) {
        const label = labelOf(channel, encoding)
        const own = samples.get(label) ?? {}
        samples.set(label, own)
        for (const [key, value] of Object.entries({ bytes, encodeNs, decodeNs })) {
          own[`${key}${gathered}`] = [...(own[`${key}${gathered}`] ?? []), value]
        }
      }
    }
    const rows = [...samples].filter(([label]) => isChosen({ label, isOurs: true }, options))
    return {
      columns,
      rows: rows.map(([label, own]) => row(label, own, samples)),
      notes: [
        'A message, alone in its frame and with 19 others of its channel, each of other contents. All encodings and channels take turns of 3 ms in one process, which meets every channel; ratios are those of the runs, with 20 a frame. Of a run’s turns it is the lower quartile: what disturbs one only makes it longer.',
        'Read by ours are messages of a feed, complete and checked; by the others plain objects, of which messages would still have to be made. What was read is compared with what was written. ' +
          `A row of ours fails where to read one of 20 takes more than ${mostDecodeNs} ns in the median of the runs.`,
      ],
    }
  },
}

function labelOf(channel: Channel, encoding: string): string {
  return `${channel}: ${encoding}`
}

function row(
  label: string,
  own: Readonly<Record<string, readonly number[]>>,
  all: ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>,
): Row {
  const channel = channels.find((name) => label.startsWith(`${name}:`)) as Channel
  const ours = all.get(labelOf(channel, ourEncoding)) ?? {}
  const ratios = label === labelOf(channel, ourEncoding) ? [] : ['encodeNs20', 'decodeNs20']
  const decodeNs = median(own.decodeNs20 ?? [])
  if (ratios.length === 0 && decodeNs > mostDecodeNs) {
    const reason = `to read one of 20 takes ${Math.round(decodeNs)} ns; claimed are ${mostDecodeNs} at most`
    return { label, state: 'failed', reason, samples: {} }
  }
  const times = ratios.map((key) => [`times ${key}`, runByRun(own[key] ?? [], ours[key] ?? [])])
  return { label, state: 'measured', reason: null, samples: { ...own, ...Object.fromEntries(times) } }
}

async function measure(seconds: number): Promise<readonly EncodingFigures[]> {
  const child = new Child<EncodingCommand, EncodingReport>('encoding-process')
  try {
    child.send({ kind: 'encode', seconds })
    return (await child.next('encoded')).figures
  } finally {
    await child.end()
  }
}
