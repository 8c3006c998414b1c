import { setTimeout as sleep } from 'node:timers/promises'
import { CutRig } from '../measure/cut-rig.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { quantile } from '../measure/statistics.js'
import type { Build } from '../processes/build.js'
import type { CutClientStart } from '../processes/cut-client.js'
import type { RecoveryCommand, RecoveryReport } from '../processes/recovery-process.js'
import type { Column, Scenario } from '../scenario.js'
import type { Venue } from '../workloads/workload.js'

interface Case {
  readonly label: string
  readonly venue: Venue
  readonly books: number
  readonly channels: CutClientStart['channels']
}

const everyChannel = ['orderbook', 'trades', 'book_ticker'] as const

const cases: readonly Case[] = [
  { label: 'gateio, 30 streams, 10 of them books', venue: 'gateio', books: 10, channels: everyChannel },
  { label: 'mexc, 30 streams, 10 of them books', venue: 'mexc', books: 10, channels: everyChannel },
  { label: 'gateio, 60 books', venue: 'gateio', books: 60, channels: ['orderbook'] },
  { label: 'mexc, 60 books', venue: 'mexc', books: 60, channels: ['orderbook'] },
]

/** In each run. */
const cuts = 200

/** As if so long lay between two cuts, ms: longer than the window of any limit, and than what makes a loss a relapse. */
const betweenCutsMs = 120_000

/** What really lies between them, ms: the market goes on. */
const restMs = 50

const columns: readonly Column[] = [
  { key: 'p50', title: 'cut to all back, p50, ms', decimals: 1 },
  { key: 'p99', title: 'p99, ms', decimals: 1 },
  { key: 'most', title: 'most, ms', decimals: 1 },
]

/** How long a lost connection is felt. */
export const recovery: Scenario = {
  name: 'recovery',
  title: `Recovery: from a cut to every stream acknowledged and every book live again, ${cuts} cuts`,
  comparedBy: ['p50'],
  async run(options) {
    const contestants = cases.map((one) => ownContestant(one.label, (build) => measure(one, build)))
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'The exchange is the emulation, in a process of its own on this machine, with a market that lives; it ends every socket without a close frame. Counted from the cut to the moment ' +
          'every connection is up with every stream acknowledged, and every book told to be live, with a fresh snapshot. Between two cuts the clocks of both are put ahead by two minutes, so that what the exchange’s limit of snapshots allows is there.',
      ],
    }
  },
}

async function measure({ venue, books, channels }: Case, build: Build): Promise<Record<string, number>> {
  const symbols = Array.from({ length: books }, (_, index) => `COIN${index}/USDT`)
  const parts = { client: 'recovery-process', build, venue, symbols, channels, isLogged: false } as const
  const rig = await CutRig.open<RecoveryCommand, RecoveryReport>(parts)
  try {
    const times: number[] = []
    while (times.length < cuts) {
      await sleep(restMs)
      times.push(await cutAndRecover(rig))
    }
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), most: Math.max(...times) }
  } finally {
    await rig.close()
  }
}

/** Resolves with how long it took, ms. */
async function cutAndRecover(rig: CutRig<RecoveryCommand, RecoveryReport>): Promise<number> {
  await rig.skip(betweenCutsMs)
  rig.client.send({ kind: 'await', skipMs: betweenCutsMs })
  await rig.client.next('awaiting')
  rig.exchange.send({ kind: 'cut' })
  const [cut, recovered] = await Promise.all([rig.exchange.next('cut'), rig.client.next('recovered')])
  return Number(recovered.atNs - cut.atNs) / 1e6
}
