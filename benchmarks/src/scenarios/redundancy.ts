import { setTimeout as sleep } from 'node:timers/promises'
import { interleave } from '../measure/interleave.js'
import { quantile } from '../measure/statistics.js'
import type { Build } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { RedundancyCommand, RedundancyReport } from '../processes/redundancy-process.js'
import type { VenueCommand, VenueReport } from '../processes/venue-process.js'
import type { Column, Scenario } from '../scenario.js'
import type { Venue } from '../workloads/workload.js'

interface Case {
  readonly label: string
  readonly venue: Venue
  /** Whether a connection is cut in each round, or nothing is done: what a gap is without that. */
  readonly isCut: boolean
}

const cases: readonly Case[] = (['gateio', 'mexc'] as const).flatMap((venue) => [
  { label: `${venue}, nothing cut`, venue, isCut: false },
  { label: `${venue}, one of two connections cut`, venue, isCut: true },
])

/** In each run. */
const rounds = 200

/** How long it is watched after a cut, ms, and as if so much lay between two, ms: longer than what makes a loss a relapse. */
const watchedMs = 50
const betweenCutsMs = 180_000

const symbols = Array.from({ length: 10 }, (_, index) => `COIN${index}/USDT`)

const columns: readonly Column[] = [
  { key: 'p50', title: 'longest time without a message after a cut, p50, ms', decimals: 1 },
  { key: 'p99', title: 'p99, ms', decimals: 1 },
  { key: 'most', title: 'most, ms', decimals: 1 },
  { key: 'lost', title: 'trades lost', decimals: 0 },
  { key: 'gaps', title: 'gaps told', decimals: 0 },
]

/** What the loss of one of two connections with the same streams costs. */
export const redundancy: Scenario = {
  name: 'redundancy',
  title: `Redundancy: each stream on two connections, one of them cut ${rounds} times`,
  comparedBy: ['p50'],
  async run(options) {
    const contestants = cases.map((one) => ({
      label: one.label,
      missing: null,
      isOurs: true,
      measure: (build: Build) => measure(one, build),
    }))
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        `The exchange is the emulation, in a process of its own on this machine, with a market of ${symbols.length} pairs of which one moves every 5 ms; it ends the socket without a close frame. ` +
          `Watched for ${watchedMs} ms after each cut; what lies between two messages with nothing cut is the market’s and the machine’s.`,
      ],
    }
  },
}

async function measure({ venue, isCut }: Case, build: Build): Promise<Record<string, number>> {
  const exchange = new Child<VenueCommand, VenueReport>('venue-process')
  const client = new Child<RedundancyCommand, RedundancyReport>('redundancy-process', { build })
  try {
    exchange.send({ kind: 'start', venue, symbols, intervalMs: 5 })
    const { url, restUrl } = await exchange.next('listening')
    client.send({ kind: 'start', venue, url, restUrl, symbols })
    await client.next('ready')
    const times: number[] = []
    while (times.length < rounds) {
      exchange.send({ kind: 'skip', skipMs: betweenCutsMs })
      await exchange.next('skipped')
      client.send({ kind: 'watch', skipMs: betweenCutsMs })
      await client.next('watching')
      if (isCut) {
        exchange.send({ kind: 'cut-one' })
        await exchange.next('cut')
      }
      await sleep(watchedMs)
      client.send({ kind: 'pause' })
      const { longestMs } = await client.next('paused')
      times.push(longestMs)
    }
    exchange.send({ kind: 'count' })
    const { fromMs, untilMs, trades } = await exchange.next('counted')
    await sleep(500)
    client.send({ kind: 'count', fromMs, untilMs })
    const told = await client.next('counted')
    return {
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      most: Math.max(...times),
      lost: trades - told.trades,
      gaps: told.gaps,
    }
  } finally {
    await Promise.all([exchange.end(), client.end()])
  }
}
