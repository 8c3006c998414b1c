import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import {
  type Clock,
  type DataMessage,
  type GapEvent,
  type PrivateChannel,
  StreamError,
  type StreamState,
} from '@tapewire/core'
import { type FrameKind, frameFlags } from '../encoding/frame-header.js'
import { FrameWriter } from '../encoding/frame-writer.js'
import type { Owned } from '../ownership.js'
import { EventIdentity } from './event-identity.js'
import { NatsStoreLink } from './nats-store-link.js'
import type { RecordToStore, StoredLoss } from './record-to-store.js'
import { StoredPublisher, type StoredPublisherCounts } from './stored-publisher.js'
import { accountStream, ensureStored, type RetentionOptions, type StoredStream } from './stored-streams.js'

/** What the publisher of an account is made of. */
export interface AccountPublisherParts {
  /** What the exchange's subjects begin with: `tapewire.acme_spot`. */
  readonly base: string
  /** Where each channel of the account is published: `tapewire.acme_spot.orders.main`. */
  readonly subjectOf: (channel: PrivateChannel) => string
  /** This process, by chance. */
  readonly relay: number
  readonly retention: RetentionOptions
  /** Whether nobody publishes the account but who has the greatest epoch, as in a group. */
  readonly isSole: boolean
  /** For how long events are kept that are another relay's to publish, ms. */
  readonly keptMs: number
  /** Whether the account is its own at this moment: asked before anything goes out. Must not throw. */
  readonly mayPublish: () => boolean
  /** What may wait while NATS is away, bytes, 1 and up. */
  readonly maxWaitingBytes: number
  readonly clock: Clock
  readonly random: () => number
  /** So many events are lost, and consumers will be told. Must not throw. */
  readonly onLost: (events: number) => void
  /** What went wrong and is tried again. Must not throw. */
  readonly onError: (error: StreamError) => void
}

/** A balance is told anew by the next one, an order by its next state; an execution by nothing else. */
const leastWorthFirst: readonly PrivateChannel[] = ['balances', 'orders']

/** How many events are kept at most that are another relay's to publish. */
const maxKept = 10_000

/**
 * Publishes an account: every event is stored once and in order, whatever becomes of connections and servers, and whoever else publishes the same account. What waits while NATS is
 * away is bounded; what is given up for that is counted, and told to consumers as a gap of that stream.
 *
 * Where the account is another relay's, what it received lately is kept, and published when it becomes its own: what the other one had published of it is stored already. What waits when
 * it may not publish any more waits on, for it may become its own again. Where more came than it keeps, it does not say that nothing is missing.
 */
export class AccountPublisher {
  readonly #parts: AccountPublisherParts
  readonly #stream: StoredStream
  readonly #link: NatsStoreLink
  readonly #publisher: StoredPublisher
  readonly #lanes = new Map<PrivateChannel, Lane>()
  readonly #writer = new FrameWriter()
  /** Null where the account is not its own to publish. */
  #owned: Owned | null = null
  #kept: Kept[] = []
  /** When the newest event was received that was not kept for want of room, ms; null where there was none since it was last its own. */
  #droppedUntil: number | null = null
  #received = 0
  #isEnsured = false

  constructor(parts: AccountPublisherParts) {
    const { base, clock, random, maxWaitingBytes, subjectOf } = parts
    this.#parts = parts
    this.#stream = accountStream(base)
    this.#link = new NatsStoreLink(this.#stream.name)
    this.#publisher = new StoredPublisher({
      link: this.#link,
      clock,
      random,
      maxWaitingBytes,
      leastWorthFirst: leastWorthFirst.map(subjectOf),
      tellLoss: (loss) => this.#lossOf(loss),
      onFault: (subject, fault) => parts.onError(notStored(subject, fault)),
      mayStore: parts.mayPublish,
    })
  }

  /** Publishes over this connection until it ends. Rejects with `ERR_INVALID_CONFIG` where NATS cannot store the account so, or does so otherwise; nothing is published then. */
  async attach(connection: NatsConnection): Promise<void> {
    const manager = await jetstreamManager(connection, { checkAPI: false })
    // What is stored already need not wait for a cluster that has lost a server and takes its time to answer.
    if (this.#isEnsured) this.#link.use(connection)
    await ensureStored(manager, this.#stream, this.#parts.retention)
    if (!this.#isEnsured) this.#link.use(connection)
    this.#isEnsured = true
  }

  /** As whose the account is published; null where it is another's. It does not continue where what was received meanwhile was more than is kept, whatever it was told. */
  get owned(): Owned | null {
    return this.#owned
  }

  /** From here on the account is this relay's to publish; with null, another's. */
  publishAs(given: Owned | null): void {
    if (given?.epoch === this.#owned?.epoch) return
    const since = this.#parts.clock.now() - this.#parts.keptMs
    const isShort = this.#droppedUntil !== null && this.#droppedUntil >= since
    const owned = given !== null && isShort ? { ...given, continues: false } : given
    this.#owned = owned
    if (owned === null) return
    this.#droppedUntil = null
    for (const lane of this.#lanes.values()) lane.last = 0
    // What waited since an earlier ownership comes before what was received after it.
    this.#publisher.resume()
    for (const { lane, id, message } of this.#kept.splice(0)) {
      if (message.receivedAt >= since) this.#sendMessage(lane, id, message, owned)
    }
  }

  /** Takes over an event of the account. */
  addMessage(message: DataMessage): void {
    const lane = this.#laneOf(message.channel as PrivateChannel)
    const id = lane.identity.of(message, this.#ownName())
    const owned = this.#ownedNow
    if (owned !== null) this.#sendMessage(lane, id, message, owned)
    else this.#keep({ lane, id, message })
  }

  /** How a stream of the account is at the exchange, in its place between the events. Of an account that is another's, that one says it. */
  addState(channel: PrivateChannel, { status, reason, since }: StreamState): void {
    const owned = this.#ownedNow
    if (owned === null) return
    const lane = this.#laneOf(channel)
    this.#begin('state', lane, owned)
    this.#writer.addState({ status, reason, since })
    this.#send(lane.subject, lane.identity.own(this.#ownName()), since)
  }

  /** A gap at the exchange, and what was done about it. */
  addGap(channel: PrivateChannel, gap: GapEvent): void {
    const owned = this.#ownedNow
    if (owned === null) return
    const lane = this.#laneOf(channel)
    this.#begin('gap', lane, owned)
    this.#writer.addGap(gap)
    this.#send(lane.subject, lane.identity.own(this.#ownName()), gap.from)
  }

  get counts(): StoredPublisherCounts {
    return this.#publisher.counts
  }

  /** Resolves once everything is stored, or once it is closed. */
  idle(): Promise<void> {
    return this.#publisher.idle()
  }

  /** Sends nothing more. */
  close(): void {
    this.#publisher.close()
  }

  #laneOf(channel: PrivateChannel): Lane {
    const known = this.#lanes.get(channel)
    if (known !== undefined) return known
    const subject = this.#parts.subjectOf(channel)
    const lane: Lane = { subject, identity: new EventIdentity(subject), last: 0 }
    this.#lanes.set(channel, lane)
    return lane
  }

  /** Tells one thing that was received from everything else that any relay publishes. */
  #ownName(): string {
    this.#received += 1
    return `${this.#parts.relay} ${this.#received}`
  }

  /** Whoever asks whether it may publish may learn that the account is another's. */
  get #ownedNow(): Owned | null {
    return this.#owned !== null && this.#parts.mayPublish() ? this.#owned : null
  }

  #keep(kept: Kept): void {
    const { keptMs } = this.#parts
    this.#kept.push(kept)
    const [oldest] = this.#kept
    const isFull = this.#kept.length > maxKept
    if (isFull) this.#droppedUntil = this.#kept[maxKept / 2 - 1]?.message.receivedAt ?? null
    if (isFull || (oldest !== undefined && oldest.message.receivedAt < kept.message.receivedAt - 2 * keptMs)) {
      const since = kept.message.receivedAt - keptMs
      this.#kept = this.#kept.slice(isFull ? maxKept / 2 : 0).filter(({ message }) => message.receivedAt >= since)
    }
  }

  #sendMessage(lane: Lane, id: string, message: DataMessage, owned: Owned): void {
    this.#begin('data', lane, owned)
    this.#writer.addMessage(message)
    this.#send(lane.subject, id, message.receivedAt)
  }

  #begin(kind: FrameKind, lane: Lane, { epoch, continues }: Owned): void {
    const { relay, isSole } = this.#parts
    lane.last += 1
    // On every record: the first may be stored already, and then nobody reads it.
    const flags = (continues ? frameFlags.continues : 0) | (isSole ? frameFlags.sole : 0)
    this.#writer.begin(kind, { relay, epoch, sequence: lane.last, flags })
  }

  #send(subject: string, id: string, receivedAt: number): void {
    const dropped = this.#publisher.counts.dropped
    const payload = this.#writer.finish(this.#parts.clock.now())
    this.#publisher.publish({ subject, id, payload, receivedAt })
    const lost = this.#publisher.counts.dropped - dropped
    if (lost > 0) this.#parts.onLost(lost)
  }

  /** A state, because that is what makes a stream gapped at the consumer. It belongs to no place in the numbers of the lane: those that are lost have them. */
  #lossOf({ subject, count, from, to }: StoredLoss): RecordToStore {
    const writer = new FrameWriter()
    const { relay, clock } = this.#parts
    const epoch = this.#owned?.epoch ?? 0
    writer.begin('state', { relay, epoch, sequence: 0 })
    writer.addState({
      status: 'gapped',
      since: from,
      reason: `the relay lost ${count} events: NATS was away for too long`,
    })
    const id = `lost ${this.#ownName()}`
    return { subject, id, payload: writer.finish(clock.now()), receivedAt: to }
  }
}

/** An event that is another's to publish. */
interface Kept {
  readonly lane: Lane
  readonly id: string
  readonly message: DataMessage
}

/** One channel of the account. */
interface Lane {
  readonly subject: string
  readonly identity: EventIdentity
  /** The number of its last record in this epoch, 0 before the first. */
  last: number
}

function notStored(subject: string, fault: unknown): StreamError {
  return new StreamError('ERR_NOT_SENT', 'NATS did not store an event of an account; it is sent again.', {
    context: { Subject: subject, Reason: fault instanceof Error ? fault.message : String(fault) },
    cause: fault,
  })
}
