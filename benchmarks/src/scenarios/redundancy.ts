import { setTimeout as sleep } from 'node:timers/promises'
import { CutRig, marketIntervalMs } from '../measure/cut-rig.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { coreWaitMs, type PushDelays, pushDelays, type Round } from '../measure/push-delays.js'
import { quantile } from '../measure/statistics.js'
import type { Build } from '../processes/build.js'
import type { RedundancyCommand, RedundancyReport } from '../processes/redundancy-process.js'
import type { Column, Scenario } from '../scenario.js'
import type { Venue } from '../workloads/workload.js'

const venues: readonly Venue[] = ['gateio', 'mexc']

/** In each run; in as many rounds in between nothing is cut. */
const cuts = 200

/** How long a round is watched at least, ms, and as if so much lay between two: longer than what makes a loss a relapse. */
const watchedMs = 60
const betweenRoundsMs = 180_000

/** What is still on its way at the end has arrived after so long, ms. */
const settlingMs = 500

/** A delay that would be felt, ms. */
const feltMs = 5

const symbols = Array.from({ length: 10 }, (_, index) => `COIN${index}/USDT`)
const channels = ['orderbook', 'trades', 'book_ticker'] as const

const columns: readonly Column[] = [
  { key: 'calmP50', title: 'delay with nothing cut, p50, ms', decimals: 2 },
  { key: 'calmP99', title: 'p99, ms', decimals: 2 },
  { key: 'calmMost', title: 'most, ms', decimals: 2 },
  { key: 'p50', title: 'with one cut, p50, ms', decimals: 2 },
  { key: 'p99', title: 'p99, ms', decimals: 2 },
  { key: 'most', title: 'most, ms', decimals: 2 },
  { key: 'calmFelt', title: `over ${feltMs} ms with nothing cut`, decimals: 0 },
  { key: 'felt', title: `over ${feltMs} ms with one cut`, decimals: 0 },
  { key: 'messages', title: 'messages with one cut', decimals: 0 },
  { key: 'lost', title: 'lost', decimals: 0 },
  { key: 'doubled', title: 'doubled', decimals: 0 },
  { key: 'gaps', title: 'gaps told', decimals: 0 },
  { key: 'leftOut', title: 'messages left out', decimals: 0 },
]

/** What the loss of one of two connections with the same streams costs. */
export const redundancy: Scenario = {
  name: 'redundancy',
  title: `Redundancy: how long each message takes while one of two connections with the same streams is cut, ${cuts} cuts`,
  comparedBy: ['p50'],
  async run(options) {
    const contestants = venues.map((venue) => ownContestant(venue, (build) => measure(venue, build)))
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        `The exchange is the emulation, in a process of its own on this machine, with a market of ${symbols.length} pairs of which one moves every ${marketIntervalMs} ms. A delay is counted from ` +
          'when the exchange hands a message to the first of the two sockets until it is in the user’s handler. Rounds in which the socket of one connection is ended without a close frame, ' +
          `and made again, and rounds in which nothing is cut take turns, so that the machine is the same for both. A message during which one of the processes was ready to run and ` +
          `had no core for over ${coreWaitMs} ms is left out of the delays, since that is the machine’s; lost, doubled and told gaps are those of all messages.`,
      ],
    }
  },
}

async function measure(venue: Venue, build: Build): Promise<Record<string, number>> {
  const parts = { client: 'redundancy-process', build, venue, symbols, channels, isLogged: true } as const
  const rig = await CutRig.open<RedundancyCommand, RedundancyReport>(parts)
  try {
    const rounds: Round[] = []
    while (rounds.length < 2 * cuts) rounds.push(await playRound(rig, rounds.length % 2 === 1))
    await sleep(settlingMs)
    rig.exchange.send({ kind: 'list' })
    rig.client.send({ kind: 'list' })
    const [{ pushed }, { delivered, gaps }] = await Promise.all([
      rig.exchange.next('listed'),
      rig.client.next('listed'),
    ])
    return { ...figures(pushDelays(pushed, delivered, rounds)), gaps }
  } finally {
    await rig.close()
  }
}

/** Resolves when both connections are up, with every stream acknowledged. */
async function playRound(rig: CutRig<RedundancyCommand, RedundancyReport>, isCut: boolean): Promise<Round> {
  await rig.skip(betweenRoundsMs)
  rig.client.send({ kind: 'skip', skipMs: betweenRoundsMs })
  await rig.client.next('skipped')
  const fromNs = process.hrtime.bigint()
  const watched = sleep(watchedMs)
  if (isCut) {
    rig.exchange.send({ kind: 'cut-one' })
    await rig.exchange.next('cut')
  }
  await watched
  rig.client.send({ kind: 'await' })
  await rig.client.next('whole')
  return { fromNs, untilNs: process.hrtime.bigint(), isCut }
}

function figures({ calmMs, cutMs, leftOut, lost, doubled }: PushDelays): Record<string, number> {
  return {
    calmP50: quantile(calmMs, 0.5),
    calmP99: quantile(calmMs, 0.99),
    calmMost: quantile(calmMs, 1),
    p50: quantile(cutMs, 0.5),
    p99: quantile(cutMs, 0.99),
    most: quantile(cutMs, 1),
    calmFelt: calmMs.filter((delayMs) => delayMs > feltMs).length,
    felt: cutMs.filter((delayMs) => delayMs > feltMs).length,
    messages: cutMs.length,
    leftOut,
    lost,
    doubled,
  }
}
