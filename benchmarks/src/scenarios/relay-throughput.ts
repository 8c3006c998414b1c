import { NatsServer } from '../../../tools/nats-server.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { arrived, type Consumer, measureRaw, type Publisher } from '../measure/raw-nats.js'
import { type Build, thisBuild } from '../processes/build.js'
import { Child } from '../processes/child.js'
import type { Column, Scenario } from '../scenario.js'

const columns: readonly Column[] = [
  { key: 'offered', title: 'offered messages/s', decimals: 0 },
  { key: 'rate', title: 'consumed messages/s', decimals: 0 },
  { key: 'p50', title: 'publisher to handler, p50, ms', decimals: 2 },
  { key: 'p99', title: 'p99, ms', decimals: 2 },
  { key: 'late', title: 'not there 1 s later', decimals: 0 },
  { key: 'missing', title: 'of these told as missing', decimals: 0 },
  { key: 'outOfOrder', title: 'out of order', decimals: 0 },
  { key: 'bytes', title: 'bytes a message', decimals: 1 },
  { key: 'frames', title: 'NATS messages/s', decimals: 0 },
  { key: 'frameBytes', title: 'bytes of one', decimals: 0 },
  { key: 'raw', title: 'NATS messages/s of that length, server alone', decimals: 0 },
  { key: 'share', title: 'share of it used, %', decimals: 1 },
  { key: 'megabytes', title: 'MB/s', decimals: 1 },
  { key: 'publishUs', title: 'µs a message, publisher', decimals: 2 },
  { key: 'serverUs', title: 'µs a message, nats-server', decimals: 2 },
  { key: 'consumeUs', title: 'µs a message, consumer', decimals: 2 },
]

/** A row of the table. */
interface Load {
  readonly streams: number
  /** Messages a second that are offered. */
  readonly rate: number
  /** What must be consumed of them, all in order and none missing or late; null where the row claims nothing. */
  readonly claimed: number | null
}

const loads: readonly Load[] = [
  { streams: 10, rate: 100_000, claimed: 95_000 },
  { streams: 10, rate: 420_000, claimed: 400_000 },
  { streams: 200, rate: 100_000, claimed: null },
  { streams: 200, rate: 420_000, claimed: null },
]

/** Until every function that a message passes is compiled. */
const warmUpSeconds = 2

/** How long what was published to warm up may be on its way, ms. */
const longestWarmUpMs = 10_000

/** Beside it: what the server moves by itself, bytes of one message. */
const rawBytes = [110, 4_000] as const

/** What a relay, a server and a consumer move on one machine. */
export const relayThroughput: Scenario = {
  name: 'relay-throughput',
  comparedBy: ['publishUs', 'consumeUs'],
  title: 'Relay: typed messages from one process through nats-server into another',
  async run(options) {
    const contestants = [
      ...loads.map((load) =>
        ownContestant(
          `relay, ${load.streams} streams, ${load.rate.toLocaleString('en')} messages/s offered`,
          (build) =>
            options.other === null
              ? measureRelay(load, options.seconds)
              : measureLoad(load.streams, load.rate, options.seconds, build),
        ),
      ),
      ...(options.other === null ? rawBytes : []).map((bytes) =>
        ownContestant(`nats-server alone, messages of ${bytes.toLocaleString('en')} bytes`, () =>
          measureAlone(bytes, options.seconds),
        ),
      ),
    ]
    const claims = loads.flatMap(({ streams, claimed }) =>
      claimed === null ? [] : [`${claimed.toLocaleString('en')} a second over ${streams} streams`],
    )
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'Publisher (a feed of made-up trades, one trade a message, with a relay), nats-server and consumer (natsFeed with a handler of the event trades that looks at the order) are three processes of this machine. ' +
          'A message is made, has its time of making, passes the feed, the relay, the server and the other feed; the delay is counted until it is in the handler. The publisher brings what is due every millisecond, ' +
          'as a socket would, and the relay gathers for one more at most. Consumed is from the first message in the handler to the last. µs a message is time of a core of that process.',
        'The server alone is what it moves between two Node processes with the client alone, as fast as it takes it, right after each run and with messages as long as the relay’s were on average: the share is how much of that the relay used. ' +
          `A row fails where not everything arrives in order within a second, or less a second than this: ${claims.join(', ')}.`,
      ],
    }
  },
}

async function measureRelay({ streams, rate, claimed }: Load, seconds: number): Promise<Record<string, number>> {
  const figures = await measureLoad(streams, rate, seconds, thisBuild)
  if (claimed !== null) check(figures, claimed)
  const raw = await measureRaw(Math.round(figures.frameBytes), seconds)
  return { ...figures, raw: raw.rate, share: (figures.frames / raw.rate) * 100 }
}

/** Throws where a row shows less than is said of it. */
function check({ rate, late, missing, outOfOrder }: Awaited<ReturnType<typeof measureLoad>>, claimed: number): void {
  if (rate >= claimed && late === 0 && missing === 0 && outOfOrder === 0) return
  throw new Error(
    `${Math.round(rate)} messages a second, ${late} late, ${missing} missing, ${outOfOrder} out of order; claimed are ${claimed}, all of them in order`,
  )
}

async function measureLoad(streams: number, rate: number, seconds: number, build: Build) {
  await using nats = await NatsServer.start({ isWithoutJetStream: true })
  const publisher: Publisher = new Child('relay-publisher-process', { build })
  const consumer: Consumer = new Child('relay-consumer-process', { build })
  try {
    publisher.send({ kind: 'open', url: nats.url, streams })
    await publisher.next('opened')
    consumer.send({ kind: 'follow', url: nats.url, streams })
    await consumer.next('following')
    publisher.send({ kind: 'publish', rate, seconds: warmUpSeconds })
    // Nothing of what warms up is counted later.
    await arrived(consumer, (await publisher.next('published')).messages, longestWarmUpMs)
    consumer.send({ kind: 'begin' })
    await consumer.next('begun')
    const serverBefore = nats.cpuSeconds
    publisher.send({ kind: 'publish', rate, seconds })
    const sent = await publisher.next('published')
    const counted = await arrived(consumer, sent.messages)
    const { messages } = counted
    return {
      offered: rate,
      rate: messages / counted.seconds,
      p50: counted.p50Ms,
      p99: counted.p99Ms,
      late: sent.messages - messages,
      missing: counted.missing,
      outOfOrder: counted.outOfOrder,
      bytes: sent.bytes / sent.messages,
      frames: sent.frames / sent.seconds,
      frameBytes: sent.bytes / sent.frames,
      megabytes: sent.bytes / sent.seconds / 1e6,
      publishUs: (sent.cpuSeconds * 1e6) / sent.messages,
      serverUs: ((nats.cpuSeconds - serverBefore) * 1e6) / sent.messages,
      consumeUs: (counted.cpuSeconds * 1e6) / messages,
    }
  } finally {
    await Promise.all([publisher.end(), consumer.end()])
  }
}

async function measureAlone(bytes: number, seconds: number): Promise<Record<string, number>> {
  const { sent, messages, rate, publishUs, serverUs, consumeUs } = await measureRaw(bytes, seconds)
  return {
    rate,
    late: sent - messages,
    bytes,
    frames: rate,
    megabytes: (rate * bytes) / 1e6,
    publishUs,
    serverUs,
    consumeUs,
  }
}
