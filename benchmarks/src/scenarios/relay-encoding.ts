import { channels } from '@tapewire/core'
import { pairedFigures } from '../measure/compare-builds.js'
import { isChosen } from '../measure/interleave.js'
import { runByRun } from '../measure/ratios.js'
import { median } from '../measure/statistics.js'
import { type Build, thisBuild } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { EncodingCommand, EncodingFigures, EncodingReport } from '../processes/encoding-process.js'
import type { Column, Row, Scenario } from '../scenario.js'
import { otherEncodings, ourEncoding } from '../subjects/encodings.js'

const columns: readonly Column[] = [
  { key: 'bytes1', title: 'bytes', decimals: 0 },
  { key: 'bytes20', title: 'bytes, 20 a frame', decimals: 0 },
  { key: 'encodeNs1', title: 'write, CPU ns', decimals: 0 },
  { key: 'encodeNs20', title: 'write, 20 a frame', decimals: 0 },
  { key: 'decodeNs1', title: 'read, CPU ns', decimals: 0 },
  { key: 'decodeNs20', title: 'read, 20 a frame', decimals: 0 },
  ...otherEncodings.flatMap((name) => [
    { key: `bytes20 ${name}`, title: `${name}: bytes`, decimals: 0 },
    { key: `times encodeNs20 ${name}`, title: 'write, times ours', decimals: 1 },
    { key: `times decodeNs20 ${name}`, title: 'read, times ours', decimals: 1 },
  ]),
]

/** What a consumer pays at most to read a message of ours that came with others, CPU ns. */
const mostDecodeNs = 400

type Samples = Record<string, number[]>

/** The encoding of `@tapewire/relay-nats` beside JSON and MessagePack. */
export const relayEncoding: Scenario = {
  name: 'relay-encoding',
  title: 'Messages as bytes, between a relay and its consumers',
  comparedBy: ['decodeNs20', 'encodeNs20', 'decodeNs1', 'encodeNs1'],
  async run(options) {
    const { other } = options
    const chosen = channels.filter((label) => isChosen({ label, isOurs: true }, options))
    const samples = new Map<string, Samples>(chosen.map((channel) => [channel, {}]))
    for (let run = 1; run <= options.runs; run += 1) {
      const figures = await measure(options.seconds * 4, thisBuild)
      const others = other === null ? [] : await measure(options.seconds * 4, other)
      options.progress(`run ${run}/${options.runs}  ${figures.length + others.length} figures`)
      for (const [channel, own] of samples) {
        const flat = flatOf(channel, figures)
        add(own, other === null ? flat : pairedFigures(flat, flatOf(channel, others)))
      }
    }
    const rows = [...samples].map(([label, own]): Row => {
      return { label, state: 'measured', reason: null, samples: withRatios(own) }
    })
    return {
      columns,
      rows,
      dearer: rows.flatMap(dearerThanClaimed),
      notes: [
        'A message of tapewire’s encoding, alone in its frame and with 19 others of its channel, each of other contents; and the same 20 as JSON and MessagePack. All encodings and channels take turns of 3 ms in one process, which meets every channel; ratios are those of the runs, with 20 a frame. Of a run’s turns it is the lower quartile: what disturbs one only makes it longer.',
        'Read by ours are messages of a feed, complete and checked; by the others plain objects, of which messages would still have to be made. To write, the others are given plain objects that have to be made first. What was read is compared with what was written. ' +
          `To read one of 20 may take ${mostDecodeNs} ns at most, in the median of the runs.`,
      ],
    }
  },
}

/** The figures of one channel: those of ours under their own names, those of the others with theirs behind them. */
function flatOf(channel: string, figures: readonly EncodingFigures[]): Record<string, number> {
  const own = figures.filter((one) => one.channel === channel)
  return Object.fromEntries(
    own.flatMap(({ encoding, gathered, bytes, encodeNs, decodeNs }) =>
      Object.entries({ bytes, encodeNs, decodeNs }).map(([key, value]) => [
        `${key}${gathered}${encoding === ourEncoding ? '' : ` ${encoding}`}`,
        value,
      ]),
    ),
  )
}

function add(samples: Samples, figures: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(figures)) samples[key] = [...(samples[key] ?? []), value]
}

function withRatios(samples: Samples): Samples {
  const ratios = otherEncodings.flatMap((name) =>
    ['encodeNs20', 'decodeNs20'].map((key) => [
      `times ${key} ${name}`,
      runByRun(samples[`${key} ${name}`] ?? [], samples[key] ?? []),
    ]),
  )
  return { ...samples, ...Object.fromEntries(ratios) }
}

function dearerThanClaimed({ label, samples }: Row): string[] {
  const decodeNs = median(samples.decodeNs20 ?? [])
  return decodeNs <= mostDecodeNs
    ? []
    : [`dearer than claimed: ${label}, read, 20 a frame, ${Math.round(decodeNs)} ns instead of ${mostDecodeNs} at most`]
}

async function measure(seconds: number, build: Build): Promise<readonly EncodingFigures[]> {
  const child = new Child<EncodingCommand, EncodingReport>('encoding-process', { build })
  try {
    child.send({ kind: 'encode', seconds })
    return (await child.next('encoded')).figures
  } finally {
    await child.end()
  }
}
