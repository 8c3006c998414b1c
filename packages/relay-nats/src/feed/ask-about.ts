import { jetstreamManager } from '@nats-io/jetstream'
import { errors, type NatsConnection } from '@nats-io/transport-node'
import { type Clock, StreamError } from '@tapewire/core'
import { sleep, systemClock } from '@tapewire/core/adapter'
import { type About, readAbout } from '../about.js'
import { connectNats } from '../connect/connect-nats.js'
import type { NatsOptions } from '../connect/nats-options.js'

/** How long to wait before relays are asked once more, ms. */
const askAgainMs = 500

/** Whom is asked, and for how long. */
export interface AskAboutOptions {
  readonly nats: NatsOptions
  readonly subject: string
  readonly exchange: string
  /** JetStream streams of the exchange that will do where no relay answers: what it would say is kept there. */
  readonly stored: readonly string[]
  readonly answerTimeoutMs: number
  /** Whether to go on until a relay answers, or `signal` ends it. */
  readonly retry: boolean
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}

/** What a relay of the exchange says of it, or has said. Rejects with `ERR_NO_RELAY`, what a connection fails of, and the signal's reason. */
export async function askAbout(options: AskAboutOptions): Promise<About> {
  const { retry, signal, clock = systemClock } = options
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await askOnce(options)
    } catch (thrown) {
      if (!retry || !(thrown instanceof StreamError) || !thrown.retryable) throw thrown
    }
    await sleep(clock, askAgainMs, signal)
  }
}

async function askOnce({ nats, subject, exchange, stored, answerTimeoutMs }: AskAboutOptions): Promise<About> {
  const connection = await connectNats(nats)
  try {
    return readAbout(await request(connection, subject, answerTimeoutMs))
  } catch (thrown) {
    if (thrown instanceof StreamError) throw thrown
    const said = await readStored(connection, stored, answerTimeoutMs)
    if (said !== null) return said
    const isSilent = thrown instanceof errors.TimeoutError
    throw new StreamError(
      'ERR_NO_RELAY',
      isSilent
        ? `A relay of ${exchange} did not answer within ${answerTimeoutMs} ms.`
        : `No relay publishes ${exchange}.`,
      {
        hint: 'Start one: tapewire relay, or relay(feed, { servers }). To wait for it: retry: true. Both need the same server and prefix.',
      },
    )
  } finally {
    await connection.close()
  }
}

async function request(connection: NatsConnection, subject: string, timeout: number): Promise<string> {
  const answer = await connection.request(subject, '', { timeout })
  return answer.string()
}

/** What a relay has written down where it keeps something of the exchange; null where it keeps none of it. */
async function readStored(
  connection: NatsConnection,
  streams: readonly string[],
  timeout: number,
): Promise<About | null> {
  if (streams.length === 0) return null
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout })
  const looked = await Promise.allSettled(streams.map((name) => manager.streams.info(name)))
  for (const one of looked) {
    const description = one.status === 'fulfilled' ? (one.value.config.description ?? '') : ''
    if (description !== '') return readAbout(description)
  }
  return null
}
