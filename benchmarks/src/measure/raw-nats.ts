import { setTimeout as sleep } from 'node:timers/promises'
import { NatsServer } from '../../../tools/nats-server.js'
import { Child } from '../processes/child.js'
import type { RelayConsumerCommand, RelayConsumerReport, RelayCounts } from '../processes/relay-consumer-process.js'
import type { RelayPublisherCommand, RelayPublisherReport } from '../processes/relay-publisher-process.js'

export type Publisher = Child<RelayPublisherCommand, RelayPublisherReport>
export type Consumer = Child<RelayConsumerCommand, RelayConsumerReport>

/** What has not arrived so long after the last was published was not kept up with, ms. */
const settlingMs = 1_000
/** How often that is looked at, ms. */
const lookEveryMs = 100

/** What the server moves between two Node processes with the client alone, as fast as it takes it. */
export interface RawFigures {
  readonly sent: number
  readonly messages: number
  /** Messages a second, from the first that arrived to the last. */
  readonly rate: number
  /** Processor time a message. */
  readonly publishUs: number
  readonly serverUs: number
  readonly consumeUs: number
}

/** Messages of that length on one subject, for so long. */
export async function measureRaw(bytes: number, seconds: number): Promise<RawFigures> {
  await using nats = await NatsServer.start({ isWithoutJetStream: true })
  const publisher: Publisher = new Child('relay-publisher-process')
  const consumer: Consumer = new Child('relay-consumer-process')
  try {
    consumer.send({ kind: 'follow-raw', url: nats.url })
    await consumer.next('following')
    consumer.send({ kind: 'begin' })
    await consumer.next('begun')
    const serverBefore = nats.cpuSeconds
    publisher.send({ kind: 'publish-raw', url: nats.url, bytes, seconds })
    const sent = await publisher.next('published')
    const { messages, cpuSeconds, seconds: took } = await arrived(consumer, sent.messages)
    return {
      sent: sent.messages,
      messages,
      rate: messages / took,
      publishUs: (sent.cpuSeconds * 1e6) / sent.messages,
      serverUs: ((nats.cpuSeconds - serverBefore) * 1e6) / sent.messages,
      consumeUs: (cpuSeconds * 1e6) / messages,
    }
  } finally {
    await Promise.all([publisher.end(), consumer.end()])
  }
}

/** What the consumer has counted, once it is as much as wanted or as long as anything may be late. */
export async function arrived(
  consumer: Consumer,
  wanted: number,
  longestMs: number = settlingMs,
): Promise<RelayCounts> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    consumer.send({ kind: 'count' })
    const counted = await consumer.next('counted')
    if (counted.messages >= wanted || waitedMs >= longestMs) return counted
    await sleep(lookEveryMs)
  }
}
