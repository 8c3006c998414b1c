import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { hopMetrics } from '@tapewire/relay-nats'
import { GroupRig, look } from '../measure/group-rig.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { measureRaw } from '../measure/raw-nats.js'
import type { Column, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'streams', title: 'streams', decimals: 0 },
  { key: 'rate', title: 'messages/s', decimals: 0 },
  { key: 'p50', title: 'sent to received, p50, ms', decimals: 2 },
  { key: 'p99', title: 'p99, ms', decimals: 2 },
  { key: 'cores', title: 'cores, all members', decimals: 2 },
  { key: 'memberUs', title: 'µs a message, members', decimals: 0 },
  { key: 'serverUs', title: 'µs a message, nats-server', decimals: 0 },
  { key: 'consumeUs', title: 'µs a message, consumer', decimals: 0 },
  { key: 'megabytes', title: 'MB/s into NATS', decimals: 2 },
  { key: 'share', title: 'share of what the server moves alone, %', decimals: 2 },
  { key: 'writes', title: 'KV writes/s', decimals: 1 },
  { key: 'lapses', title: 'leases lost', decimals: 0 },
]

/** How many processes share the same streams. */
const fleets = [1, 2, 4] as const

/** The default. */
const leaseMs = 5_000
/** Until what was on its way has arrived, ms. */
const settlingMs = 1_000

/** What a group costs that is at rest. */
export const relayFleet: Scenario = {
  name: 'relay-fleet',
  title: 'Fleets of relays: one, two and four processes that share the same streams',
  async run(options) {
    const contestants = fleets.map((count) =>
      ownContestant(`processes: ${count}`, () => measureFleet(count, options.seconds)),
    )
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'Members, nats-server and the emulated exchange (Gate.io, trades and books of 100 pairs) are processes of this machine; the consumer is in the measuring one, with all that measures. Messages are those that the consumer got. µs is time of a core, ' +
          `of members for everything that they do. KV writes are those of members and shares, with a lease of ${leaseMs} ms, at rest. The share is that of NATS messages a second which the server moves between two processes, of the length that the members’ were on average, right after each run.`,
      ],
    }
  },
}

async function measureFleet(count: number, seconds: number): Promise<Record<string, number>> {
  const { frames, frameBytes, ...figures } = await measureMembers(count, seconds)
  const raw = await measureRaw(Math.round(frameBytes), 1)
  return { ...figures, share: (frames / raw.rate) * 100 }
}

async function measureMembers(count: number, seconds: number) {
  await using rig = await GroupRig.open({ symbols: 100, shares: 64, leaseMs, intervalMs: 1 })
  const name = 'group'
  const members = await Promise.all(Array.from({ length: count }, () => rig.member(name)))
  await rig.settled(members)
  const consumer = await rig.follow(name)
  let messages = 0
  consumer.on('message', () => {
    messages += 1
  })
  const connection = await connect({ servers: rig.nats.url })
  await sleep(settlingMs)
  const looksBefore = await Promise.all(members.map((member) => look(member)))
  const [writesBefore, messagesBefore, beganAt] = [await writesOf(connection, name), messages, performance.now()]
  const [serverBefore, usage] = [rig.nats.cpuSeconds, process.cpuUsage()]
  await sleep(seconds * 1_000)
  const took = (performance.now() - beganAt) / 1_000
  const received = messages - messagesBefore
  const { user, system } = process.cpuUsage(usage)
  const server = rig.nats.cpuSeconds - serverBefore
  const writes = (await writesOf(connection, name)) - writesBefore
  const looks = await Promise.all(members.map((member) => look(member)))
  const { lagMs } = hopMetrics(consumer)
  await connection.close()
  const sum = (of: typeof looks, key: 'lapses' | 'cpuSeconds' | 'frames' | 'bytes'): number =>
    of.reduce((total, one) => total + one[key], 0)
  const frames = sum(looks, 'frames') - sum(looksBefore, 'frames')
  const bytes = sum(looks, 'bytes') - sum(looksBefore, 'bytes')
  const cpuSeconds = sum(looks, 'cpuSeconds')
  return {
    streams: rig.streams,
    rate: received / took,
    p50: lagMs?.p50 ?? Number.NaN,
    p99: lagMs?.p99 ?? Number.NaN,
    cores: cpuSeconds / took,
    memberUs: (cpuSeconds * 1e6) / received,
    serverUs: (server * 1e6) / received,
    consumeUs: (user + system) / received,
    megabytes: bytes / took / 1e6,
    writes: writes / took,
    lapses: sum(looks, 'lapses'),
    frames: frames / took,
    frameBytes: bytes / frames,
  }
}

/** How often anybody has written to the group's tables. */
async function writesOf(connection: NatsConnection, group: string): Promise<number> {
  let writes = 0
  for (const table of ['members', 'shares']) {
    const answer = await connection.request(`$JS.API.STREAM.INFO.KV_tapewire-${group}-gateio_spot-${table}`)
    writes += answer.json<{ readonly state: { readonly last_seq: number } }>().state.last_seq
  }
  return writes
}
