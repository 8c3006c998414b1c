// A feed of made-up trades, relayed: in a process of its own.
import { connect } from '@nats-io/transport-node'
import {
  createPublicExchange,
  type Instrument,
  parseInstrument,
  type Stream,
  WebSocketStrategySet,
} from '@tapewire/core'
import {
  type ConnectionContext,
  confirmMessage,
  createStream,
  dataMessage,
  type InboundFrame,
  type Transport,
  type TransportListener,
} from '@tapewire/core/adapter'
import { relay } from '@tapewire/relay-nats'
import { commands, report } from './child-side.js'

export type RelayPublisherCommand =
  /** Relays so many made-up streams. */
  | { readonly kind: 'open'; readonly url: string; readonly streams: number }
  /** So many messages a second over all streams, in bursts as sockets bring them. */
  | { readonly kind: 'publish'; readonly rate: number; readonly seconds: number }
  /** As many messages of that length as the server takes, without a relay. */
  | { readonly kind: 'publish-raw'; readonly url: string; readonly bytes: number; readonly seconds: number }

export type RelayPublisherReport =
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'published'
      readonly messages: number
      readonly frames: number
      readonly bytes: number
      readonly dropped: number
      readonly seconds: number
      /** Of this process, of one core. */
      readonly cpuSeconds: number
    }

/** How often a socket brings something, ms. */
const burstMs = 1

/** Messages in one frame of the made-up exchange, at most. */
const messagesPerFrame = 10

/** What a socket brings at most before timers have their turn, messages: what is left over of a late turn comes after it. */
const messagesPerTurn = 2_000

/** The other side of an exchange that is none: it accepts everything, and what it sends is made up here. */
class MadeUpExchange implements Transport {
  readonly bufferedBytes: number = 0
  sent = 0
  readonly #streams: readonly Stream[]
  #listener: TransportListener | null = null
  readonly #frame: InboundFrame = { bytes: Buffer.alloc(8), start: 0, end: 8, isBinary: true, receivedAt: 0 }

  constructor(streams: readonly Stream[]) {
    this.#streams = streams
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
  }

  send(data: string | Uint8Array): boolean {
    const bytes = Buffer.from(data)
    queueMicrotask(() =>
      this.#listener?.onFrame({ bytes, start: 0, end: bytes.length, isBinary: false, receivedAt: now() }),
    )
    return true
  }

  /** The next so many messages, stream after stream, in frames as long as exchanges send them. */
  bring(count: number): void {
    const frame = this.#frame
    frame.receivedAt = now()
    for (let left = count; left > 0; left -= messagesPerFrame) {
      frame.bytes.writeUInt32LE(Math.min(left, messagesPerFrame))
      this.#listener?.onFrame(frame)
    }
  }

  messages(count: number, receivedAt: number): readonly ReturnType<typeof dataMessage<'trades'>>[] {
    const messages: ReturnType<typeof dataMessage<'trades'>>[] = []
    for (let index = 0; index < count; index += 1) {
      const number = this.sent
      const stream = this.#streams[number % this.#streams.length] as Stream
      const trade = {
        id: String(8_000_000_000 + number),
        price: 87_500 + (number % 1_000) / 10,
        size: 0.001 * (1 + (number % 97)),
        side: number % 2 === 0 ? 'buy' : 'sell',
        time: receivedAt,
      } as const
      messages.push(
        dataMessage<'trades'>(stream, stream.instrument as Instrument, [trade], receivedAt, receivedAt, null),
      )
      this.sent += 1
    }
    return messages
  }

  ping(): void {
    this.#listener?.onPong()
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    this.#listener?.onClose({ code: 1000, reason: '', error: null })
  }

  terminate(): void {
    this.close()
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

const limits = {
  streamsPerConnection: Number.POSITIVE_INFINITY,
  streamHeadroom: 0,
  clientMessagesPerSecond: 1_000,
  connectionLifetimeMs: Number.POSITIVE_INFINITY,
} as const

const context: ConnectionContext = {
  url: 'ws://127.0.0.1/',
  headers: {},
  authRequired: false,
  authParams: null,
  pingIntervalMs: 0,
  pingTimeoutMs: 0,
  pingMessage: null,
  maxReconnectAttempts: null,
  reconnectDelayMs: null,
}

function strategiesOver(exchange: MadeUpExchange, streams: readonly Stream[]): WebSocketStrategySet {
  return new WebSocketStrategySet({
    contract: 2,
    exchange: 'made_up',
    limits,
    connectionStrategy: {
      reconnectionPolicy: { maxAttempts: 0, initialDelayMs: 0, backoffFactor: 1, maxDelayMs: 0, resetOn1005: false },
      context: async () => context,
      connect: async () => exchange,
      shouldReconnect: () => false,
    },
    subscriptionStrategy: {
      plan: () => streams,
      createSubscriptionMessages: (action, wanted, { nextRequestId }) => {
        const requestId = nextRequestId()
        return [{ payload: String(requestId), action, requestId, wireChannel: 'trades', streams: wanted }]
      },
    },
    messageParser: {
      peek: ({ isBinary }) => (isBinary ? null : 'control'),
      parse: ({ bytes, isBinary, receivedAt }) =>
        isBinary
          ? exchange.messages(bytes.readUInt32LE(), receivedAt)
          : confirmMessage(receivedAt, {
              action: 'subscribe',
              requestId: Number(bytes.toString()),
              accepted: streams.map(({ id }) => id),
            }),
    },
  })
}

async function open(
  url: string,
  count: number,
): Promise<(command: { rate: number; seconds: number }) => Promise<void>> {
  const instruments = Array.from({ length: count }, (_, index) => parseInstrument(`COIN${index}/USDT`))
  const streams = instruments.map((instrument) =>
    createStream({ id: instrument.name, channels: ['trades'], instrument, wireChannel: 'trades', wireSymbol: null }),
  )
  const exchange = new MadeUpExchange(streams)
  const strategies = strategiesOver(exchange, streams)
  const feed = await createPublicExchange({
    exchange: {
      name: 'made_up',
      title: 'Made up',
      channels: [{ channel: 'trades', wireChannel: 'trades', evidence: 'documented' }],
      limits,
      endpoints: { url: '', restUrl: '' },
      public: () => strategies,
    },
    symbols: instruments,
    channels: ['trades'],
  })
  const relayed = await relay(feed, { servers: url })
  return async ({ rate, seconds }) => {
    const before = relayed.metrics()
    const first = exchange.sent
    const usage = process.cpuUsage()
    const startedAt = performance.now()
    await atRate(rate, seconds, (due) => exchange.bring(due))
    const after = relayed.metrics()
    const { user, system } = process.cpuUsage(usage)
    report<RelayPublisherReport>({
      kind: 'published',
      messages: exchange.sent - first,
      frames: after.frames - before.frames,
      bytes: after.bytes - before.bytes,
      dropped: after.droppedRecords - before.droppedRecords,
      seconds: (performance.now() - startedAt) / 1_000,
      cpuSeconds: (user + system) / 1e6,
    })
  }
}

/** Brings what is due by now, again and again. */
async function atRate(rate: number, seconds: number, bring: (count: number) => void): Promise<void> {
  const startedAt = performance.now()
  let isBehind = false
  for (let done = 0; done < rate * seconds; ) {
    if (isBehind) await new Promise((resolve) => setImmediate(resolve))
    else await new Promise((resolve) => setTimeout(resolve, burstMs))
    const due = Math.floor((Math.min(performance.now() - startedAt, seconds * 1_000) / 1_000) * rate) - done
    isBehind = due > messagesPerTurn
    const count = Math.min(due, messagesPerTurn)
    bring(count)
    done += count
  }
}

async function publishRaw(url: string, bytes: number, seconds: number): Promise<void> {
  const connection = await connect({ servers: url, noAsyncTraces: true })
  const payload = new Uint8Array(bytes).fill(7)
  const usage = process.cpuUsage()
  const startedAt = performance.now()
  let messages = 0
  let before = Promise.resolve()
  while (performance.now() - startedAt < seconds * 1_000) {
    for (let index = 0; index < 1_000; index += 1) connection.publish('raw', payload)
    messages += 1_000
    const sent = connection.flush()
    // One more is on its way while the server takes the one before.
    await before
    before = sent
  }
  await before
  const { user, system } = process.cpuUsage(usage)
  report<RelayPublisherReport>({
    kind: 'published',
    messages,
    frames: messages,
    bytes: messages * bytes,
    dropped: 0,
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: (user + system) / 1e6,
  })
  await connection.close()
}

let publish: Awaited<ReturnType<typeof open>> | null = null

commands<RelayPublisherCommand>(async (command) => {
  if (command.kind === 'open') {
    publish = await open(command.url, command.streams)
    report<RelayPublisherReport>({ kind: 'opened' })
  } else if (command.kind === 'publish-raw') await publishRaw(command.url, command.bytes, command.seconds)
  else await publish?.(command)
})
