import { jetstreamManager } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node'
import { type Clock, StreamError, type Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import { ensureStored, type MarketRetention, marketStream, type StoredStream } from '../stored/stored-streams.js'
import type { Outlet } from './outlet.js'

/** What the kept channels of a relay are made of. */
export interface RelayedMarketParts {
  /** What the exchange's subjects begin with: `tapewire.acme_spot`. */
  readonly base: string
  readonly retention: MarketRetention
  /** What is said of the exchange where its channels are kept, for whoever reads them when no relay is there to ask. */
  readonly about: string
  readonly clock: Clock
  /** Every outlet of the relay. */
  outlets(): readonly Outlet[]
  /** Publishes the book of an outlet as it is now, where it is live. */
  addSnapshot(outlet: Outlet): void
  onError(error: StreamError): void
}

/** What became of the channels that NATS is to keep: once a second and channel one frame is asked after. */
export interface MarketStoreCounts {
  readonly asked: number
  readonly kept: number
  /** Refused, kept elsewhere, or not answered for. */
  readonly failed: number
}

/** How often a kept book is published whole, ms: whoever replays from some time has a book within it. */
const snapshotIntervalMs = 60_000

/** How often it is looked which books are due, ms, so that they do not all come at once. */
const lookMs = 1_000

/** How often NATS is asked whether it keeps a channel, ms, and how long it may take to say so. */
const askIntervalMs = 1_000
const answerMs = 5_000

/** One channel that NATS keeps. */
interface Kept {
  readonly stream: StoredStream
  readonly replySubject: string
  askedAt: number
  isAsking: boolean
  /** Whether the last answer was a good one. */
  isKept: boolean
}

/**
 * The channels of market data that NATS keeps as well. They are published as all others are, for whoever listens, and JetStream takes a copy. Nobody waits for it: of one frame a
 * second NATS says whether it has it. What it has not is a hole in the numbers, which whoever replays it is told.
 */
export class RelayedMarket {
  /** Where NATS answers: `<inbox>.trades`. */
  readonly replies: string
  readonly #parts: RelayedMarketParts
  readonly #inbox = createInbox()
  readonly #kept = new Map<string, Kept>()
  /** When the book of an outlet is to be published whole. */
  readonly #due = new Map<Outlet, number>()
  #attaching: Promise<void> = Promise.resolve()
  #timer: Timer | null = null
  #asked = 0
  #confirmed = 0
  #failed = 0

  constructor(parts: RelayedMarketParts) {
    const { base, retention, about } = parts
    this.#parts = parts
    this.replies = `${this.#inbox}.*`
    for (const channel of new Set(retention.channels)) {
      const stream = marketStream(base, channel, about)
      const replySubject = `${this.#inbox}.${channel}`
      this.#kept.set(channel, { stream, replySubject, askedAt: 0, isAsking: false, isKept: true })
    }
    if (this.#kept.has('orderbook')) this.#schedule()
  }

  /** Sees to it that the server of a connection keeps the channels. */
  attach(connection: NatsConnection): void {
    this.#attaching = this.#ensure(connection)
    this.#attaching.catch((thrown: unknown) =>
      this.#parts.onError(toStreamError(thrown, 'ERR_NOT_SENT', 'NATS does not keep market data.')),
    )
  }

  /** Resolves once the last connection keeps the channels; rejects where NATS does not keep them so. */
  attached(): Promise<void> {
    return this.#attaching
  }

  get counts(): MarketStoreCounts {
    return { asked: this.#asked, kept: this.#confirmed, failed: this.#failed }
  }

  /** Where NATS is to say whether it keeps the next frame of a channel; undefined where it need not. */
  replyFor(channel: string): string | undefined {
    const kept = this.#kept.get(channel)
    if (kept === undefined) return undefined
    const now = this.#parts.clock.now()
    if (kept.isAsking && now - kept.askedAt >= answerMs) this.#fail(kept, 'it does not say so')
    if (kept.isAsking || now - kept.askedAt < askIntervalMs) return undefined
    kept.isAsking = true
    kept.askedAt = now
    this.#asked += 1
    return kept.replySubject
  }

  /** What NATS says of a frame. */
  onReply({ subject, data }: Msg): void {
    const kept = this.#kept.get(subject.slice(this.#inbox.length + 1))
    if (kept?.isAsking !== true) return
    const fault = faultIn(data, kept.stream.name)
    if (fault !== null) {
      this.#fail(kept, fault)
      return
    }
    kept.isAsking = false
    kept.isKept = true
    this.#confirmed += 1
  }

  close(): void {
    this.#timer?.cancel()
  }

  async #ensure(connection: NatsConnection): Promise<void> {
    const { channels: _channels, ...retention } = this.#parts.retention
    const manager = await jetstreamManager(connection, { checkAPI: false })
    await Promise.all([...this.#kept.values()].map(({ stream }) => ensureStored(manager, stream, retention)))
    // What was asked over the connection before is not answered any more.
    for (const kept of this.#kept.values()) kept.isAsking = false
  }

  /** Said once, until it is kept again. */
  #fail(kept: Kept, reason: string): void {
    kept.isAsking = false
    this.#failed += 1
    if (!kept.isKept) return
    kept.isKept = false
    this.#parts.onError(
      new StreamError('ERR_NOT_SENT', 'NATS does not keep market data that it is to keep.', {
        context: { Kept: kept.stream.name, Reason: reason },
        hint: 'Whoever listens now hears all of it; whoever replays it later is told of a hole.',
      }),
    )
  }

  #schedule(): void {
    this.#timer = this.#parts.clock.setTimer(lookMs, () => {
      this.#addSnapshots()
      this.#schedule()
    })
  }

  #addSnapshots(): void {
    const now = this.#parts.clock.now()
    for (const outlet of this.#parts.outlets()) {
      if (outlet.channel !== 'orderbook') continue
      const due = this.#due.get(outlet)
      // The first of each is spread over the time, and the others follow.
      if (due === undefined) this.#due.set(outlet, now + (this.#due.size % 60) * (snapshotIntervalMs / 60))
      else if (due > now) continue
      else {
        this.#due.set(outlet, now + snapshotIntervalMs)
        this.#parts.addSnapshot(outlet)
      }
    }
  }
}

/** Why a frame is not kept where it should be, as NATS answered; null where it is. */
function faultIn(data: Uint8Array, stream: string): string | null {
  // A server that nobody listens at says so with nothing.
  if (data.length === 0) return 'there is no such JetStream stream any more'
  try {
    const answer = JSON.parse(new TextDecoder().decode(data)) as {
      readonly stream?: unknown
      readonly error?: { readonly description?: unknown }
    }
    if (answer.error !== undefined) return String(answer.error.description)
    return answer.stream === stream ? null : `it is kept in ${String(answer.stream)}`
  } catch {
    return 'its answer cannot be read'
  }
}
