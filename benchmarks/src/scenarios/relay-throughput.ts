import { setTimeout as sleep } from 'node:timers/promises'
import { interleave } from '../measure/interleave.js'
import { LocalNats } from '../measure/local-nats.js'
import { Child } from '../processes/child.js'
import type { RelayConsumerCommand, RelayConsumerReport } from '../processes/relay-consumer-process.js'
import type { RelayPublisherCommand, RelayPublisherReport } from '../processes/relay-publisher-process.js'
import type { Column, Scenario } from '../scenario.js'

type Publisher = Child<RelayPublisherCommand, RelayPublisherReport>
type Consumer = Child<RelayConsumerCommand, RelayConsumerReport>

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
  { key: 'megabytes', title: 'MB/s', decimals: 1 },
  { key: 'publishUs', title: 'µs a message, publisher', decimals: 2 },
  { key: 'consumeUs', title: 'µs a message, consumer', decimals: 2 },
]

/** Streams and messages a second. */
const loads = [
  { streams: 10, rate: 100_000 },
  { streams: 10, rate: 200_000 },
  { streams: 10, rate: 400_000 },
  { streams: 10, rate: 800_000 },
  { streams: 200, rate: 100_000 },
  { streams: 200, rate: 200_000 },
  { streams: 200, rate: 400_000 },
] as const

/** Until every function that a message passes is compiled. */
const warmUpSeconds = 2

/** What has not arrived so long after the last was published was not kept up with, ms. */
const settlingMs = 1_000

/** How long what was published to warm up may be on its way, ms, and how often that is looked at. */
const longestWarmUpMs = 10_000
const lookEveryMs = 500

/** Beside it: what the server moves by itself, bytes of one message. */
const rawBytes = [110, 4_000] as const

/** What a relay, a server and a consumer move on one machine. */
export const relayThroughput: Scenario = {
  name: 'relay-throughput',
  title: 'Relay: typed messages from one process through nats-server into another',
  async run(options) {
    const contestants = [
      ...loads.map(({ streams, rate }) => ({
        label: `relay, ${streams} streams, ${rate.toLocaleString('en')} messages/s offered`,
        missing: null,
        measure: () => measureRelay(streams, rate, options.seconds),
      })),
      ...rawBytes.map((bytes) => ({
        label: `nats-server alone, messages of ${bytes.toLocaleString('en')} bytes`,
        missing: null,
        measure: () => measureRaw(bytes, options.seconds),
      })),
    ]
    return {
      columns,
      rows: await interleave(contestants, options),
      notes: [
        'Publisher (a feed of made-up trades, one trade a message, with a relay), nats-server and consumer (natsFeed with a handler of the event trades that looks at the order) are three processes of this machine. ' +
          'A message is made, has its time of making, passes the feed, the relay, the server and the other feed; the delay is counted until it is in the handler. The publisher brings what is due every millisecond, ' +
          'as a socket would, and the relay gathers for one more at most. Consumed is from the first message in the handler to the last. µs a message is time of a core of that process. Beside it, what the server moves between two Node processes with the client alone, as fast as it takes it.',
      ],
    }
  },
}

async function measureRelay(streams: number, rate: number, seconds: number): Promise<Record<string, number>> {
  await using nats = await LocalNats.start()
  const publisher: Publisher = new Child('relay-publisher-process')
  const consumer: Consumer = new Child('relay-consumer-process')
  try {
    publisher.send({ kind: 'open', url: nats.url, streams })
    await publisher.next('opened')
    consumer.send({ kind: 'follow', url: nats.url, streams })
    await consumer.next('following')
    publisher.send({ kind: 'publish', rate, seconds: warmUpSeconds })
    await untilArrived(consumer, (await publisher.next('published')).messages)
    consumer.send({ kind: 'begin' })
    await consumer.next('begun')
    publisher.send({ kind: 'publish', rate, seconds })
    const sent = await publisher.next('published')
    await sleep(settlingMs)
    consumer.send({ kind: 'count' })
    const counted = await consumer.next('counted')
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
      megabytes: sent.bytes / sent.seconds / 1e6,
      publishUs: (sent.cpuSeconds * 1e6) / sent.messages,
      consumeUs: (counted.cpuSeconds * 1e6) / messages,
    }
  } finally {
    await Promise.all([publisher.end(), consumer.end()])
  }
}

/** Nothing of what warms up is counted later. */
async function untilArrived(consumer: Consumer, wanted: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < longestWarmUpMs; waitedMs += lookEveryMs) {
    await sleep(lookEveryMs)
    consumer.send({ kind: 'count' })
    if ((await consumer.next('counted')).messages >= wanted) return
  }
}

async function measureRaw(bytes: number, seconds: number): Promise<Record<string, number>> {
  await using nats = await LocalNats.start()
  const publisher: Publisher = new Child('relay-publisher-process')
  const consumer: Consumer = new Child('relay-consumer-process')
  try {
    consumer.send({ kind: 'follow-raw', url: nats.url })
    await consumer.next('following')
    consumer.send({ kind: 'begin' })
    await consumer.next('begun')
    publisher.send({ kind: 'publish-raw', url: nats.url, bytes, seconds })
    const sent = await publisher.next('published')
    await sleep(settlingMs)
    consumer.send({ kind: 'count' })
    const { messages, cpuSeconds, seconds: took } = await consumer.next('counted')
    return {
      rate: messages / took,
      late: sent.messages - messages,
      bytes,
      frames: messages / took,
      megabytes: (messages * bytes) / took / 1e6,
      publishUs: (sent.cpuSeconds * 1e6) / sent.messages,
      consumeUs: (cpuSeconds * 1e6) / messages,
    }
  } finally {
    await Promise.all([publisher.end(), consumer.end()])
  }
}
