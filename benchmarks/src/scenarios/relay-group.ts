import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { readHeader } from '@tapewire/relay-nats/encoding'
import { GroupRig, look, type Member } from '../measure/group-rig.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { quantile } from '../measure/statistics.js'
import { TradeIds } from '../measure/trade-ids.js'
import type { Column, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'changes', title: 'changes of owner', decimals: 0 },
  { key: 'lapses', title: 'leases lost', decimals: 0 },
  { key: 'gaps', title: 'gaps', decimals: 0 },
  { key: 'trades', title: 'trades', decimals: 0 },
  { key: 'lost', title: 'lost', decimals: 0 },
  { key: 'doubled', title: 'doubled', decimals: 0 },
  { key: 'p50', title: 'took, p50, ms', decimals: 0 },
  { key: 'most', title: 'most, ms', decimals: 0 },
]

/** Orderly ones, over so many groups at once, and how many by a death. */
const handOvers = 200
const groups = 4
const deaths = 20

/** As short as is reasonable, where it is a part of what is measured. */
const deathLeaseMs = 1_000
/** The default. */
const leaseMs = 5_000
/** After a change, until what was on its way has arrived, ms. */
const settlingMs = 1_000

/** What a change of owner costs consumers, and what a group costs itself. */
export const relayGroup: Scenario = {
  name: 'relay-group',
  title: `Groups of relays: ${handOvers} orderly hand-overs, ${deaths} members killed`,
  async run(options) {
    const contestants = [
      ownContestant(`leave, ${handOvers} times`, () => measureHandOvers()),
      ownContestant(`SIGKILL, ${deaths} times, lease ${deathLeaseMs} ms`, () => measureDeaths()),
    ]
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'Members, nats-server and the emulated exchange (Gate.io, trades and books) are processes of this machine; the consumer and a feed of the exchange itself, whose trades are compared by id, ' +
          `are in the measuring one. A leave is over when close() has resolved: all streams were live at the other member, and let go of; ${groups} groups of two members and 8 streams do it at once. A death is over when the consumer’s ` +
          `server has passed a frame of the new owner on every stream; lease + 1 s is ${deathLeaseMs + 1_000} ms. Gaps of a death are those of its 8 streams.`,
      ],
    }
  },
}

async function measureHandOvers(): Promise<Record<string, number>> {
  await using rig = await GroupRig.open({ symbols: 4, shares: 1, leaseMs, intervalMs: 20 })
  const direct = new TradeIds(await rig.direct())
  const names = Array.from({ length: groups }, (_, index) => `group${index}`)
  const results = await Promise.all(names.map((name) => handOverIn(rig, name, direct, handOvers / groups)))
  const sumOf = (key: 'lapses' | 'gaps' | 'trades' | 'lost' | 'doubled'): number =>
    results.reduce((sum, result) => sum + result[key], 0)
  const times = results.flatMap((result) => result.times)
  return {
    changes: times.length,
    lapses: sumOf('lapses'),
    gaps: sumOf('gaps'),
    trades: sumOf('trades'),
    lost: sumOf('lost'),
    doubled: sumOf('doubled'),
    p50: quantile(times, 0.5),
    most: Math.max(...times),
  }
}

interface HandOvers {
  readonly times: readonly number[]
  readonly lapses: number
  readonly gaps: number
  readonly trades: number
  readonly lost: number
  readonly doubled: number
}

async function handOverIn(rig: GroupRig, name: string, direct: TradeIds, count: number): Promise<HandOvers> {
  const { owner, heir } = await pairOf(rig, name)
  let [leaving, staying] = [owner, heir]
  const consumer = await rig.follow(name)
  const relayed = new TradeIds(consumer)
  let gaps = 0
  consumer.on('gap', () => {
    gaps += 1
  })
  const times: number[] = []
  while (times.length < count) {
    const beganAt = performance.now()
    leaving.send({ kind: 'leave' })
    await leaving.next('left')
    times.push(performance.now() - beganAt)
    await rig.join(leaving, name)
    await rig.settled([leaving, staying])
    ;[leaving, staying] = [staying, leaving]
  }
  await sleep(settlingMs)
  const looks = await Promise.all([look(leaving), look(staying)])
  const lapses = looks.reduce((sum, one) => sum + one.lapses, 0)
  return { times, lapses, gaps, trades: relayed.count, ...relayed.against(direct) }
}

/** Two members, of which one has everything. */
async function pairOf(rig: GroupRig, name: string): Promise<{ readonly owner: Member; readonly heir: Member }> {
  const owner = await rig.member(name)
  await rig.settled([owner])
  const heir = await rig.member(name)
  await rig.settled([owner, heir])
  return { owner, heir }
}

async function measureDeaths(): Promise<Record<string, number>> {
  await using rig = await GroupRig.open({ symbols: 4, shares: 1, leaseMs: deathLeaseMs, intervalMs: 20 })
  const name = 'group'
  let { owner, heir } = await pairOf(rig, name)
  const consumer = await rig.follow(name)
  const relayed = new TradeIds(consumer)
  let gaps = 0
  consumer.on('gap', () => {
    gaps += 1
  })
  const direct = new TradeIds(await rig.direct())
  const connection = await connect({ servers: rig.nats.url })
  const watch = new EpochWatch(connection, `${name}.>`)
  const times: number[] = []
  while (times.length < deaths) {
    await watch.until(() => watch.newest.size === rig.streams)
    const before = new Map(watch.newest)
    const beganAt = performance.now()
    await rig.kill(owner)
    await watch.until(() => [...before].every(([subject, epoch]) => (watch.newest.get(subject) ?? 0) > epoch))
    times.push(performance.now() - beganAt)
    owner = heir
    heir = await rig.member(name)
    await rig.settled([owner, heir])
    await sleep(settlingMs)
  }
  await connection.close()
  const { doubled } = relayed.against(direct)
  return {
    changes: times.length,
    gaps,
    trades: relayed.count,
    doubled,
    p50: quantile(times, 0.5),
    most: Math.max(...times),
  }
}

/** The newest epoch of each subject, as the server passes them. */
class EpochWatch {
  readonly newest: Map<string, number> = new Map()
  #onFrame: () => void = () => {}

  constructor(connection: NatsConnection, subjects: string) {
    connection.subscribe(subjects, {
      callback: (_, { subject, data }) => {
        const header = readHeader(data)
        if (header === null) return
        this.newest.set(subject, Math.max(header.epoch, this.newest.get(subject) ?? 0))
        this.#onFrame()
      },
    })
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onFrame = () => {
        if (condition()) resolve()
      }
    })
  }
}
