import { randomBytes } from 'node:crypto'
import {
  type Channel,
  channels,
  type DataMessage,
  type ExchangeFeed,
  type FeedMessage,
  type GapEvent,
  type PrivateChannel,
  type Stream,
  type StreamState,
} from '@tapewire/core'
import { systemClock, systemRandom, traitsOf } from '@tapewire/core/adapter'
import { type About, aboutBooks } from '../about.js'
import { connectNats } from '../connect/connect-nats.js'
import { askIntervalOf } from '../connect/receipts.js'
import { frameFlags, readHeader } from '../encoding/frame-header.js'
import type { Ownership } from '../ownership.js'
import { type RelayedStream, Subjects } from '../subjects.js'
import { Answers } from './answers.js'
import { liveSnapshotOf } from './book-snapshot.js'
import { Link } from './link.js'
import type { Outlet } from './outlet.js'
import { Outlets } from './outlets.js'
import { RelayEmitter, type RelayEvent, type RelayEvents } from './relay-events.js'
import type { RelayMetrics } from './relay-metrics.js'
import { checkRelayOptions, type RelayOptions } from './relay-options.js'
import { RelayedAccount } from './relayed-account.js'
import { RelayedMarket } from './relayed-market.js'
import { Signs } from './signs.js'

const dataTypes: ReadonlySet<number> = new Set(channels.map((channel) => traitsOf(channel).type))

/** A frame beyond this is sent on before the gathering time is over, bytes. With one more record of usual size it stays below 64 KiB. */
const maxFrameBytes = 48 * 1024
const defaultAccount = 'main'
const defaultGatherMs = 1
const defaultBeatIntervalMs = 1_000
/** How long NATS may take to accept the last of what was published when the relay is closed, ms. */
const closeTimeoutMs = 2_000

/**
 * Publishes everything that a feed tells, so that any number of processes and machines can follow it: messages, stream states, gaps, alerts, and whole order books to who
 * comes late. Resolves once NATS is there. It never holds the feed back: what NATS does not take is kept within `whileAway`, then dropped, counted and told.
 * Closing it does not close the feed, and a feed that is closed leaves it silent.
 *
 * Rejects with `ERR_INVALID_CONFIG`, and with what a connection to NATS fails of: `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`, `ERR_HOST_NOT_FOUND`,
 * `ERR_AUTHENTICATION_FAILED`, `ERR_INVALID_CREDENTIALS`.
 *
 * @example
 * const feed = await createPublicExchange({ exchange: 'acme_spot', symbols: ['BTC/USDT'] })
 * await using published = await relay(feed, { servers: 'nats://127.0.0.1:4222' })
 */
export async function relay(feed: ExchangeFeed, options: RelayOptions): Promise<Relay> {
  checkRelayOptions(options)
  const made = new Relay(feed, options)
  await made.open()
  return made
}

/** A feed that is being published. */
export class Relay {
  readonly #feed: ExchangeFeed
  readonly #options: RelayOptions
  readonly #id = randomBytes(4).readUInt32LE()
  readonly #ownership: Ownership
  /** Whether who publishes is agreed on, so that whoever has a lesser epoch does not any more. */
  readonly #isSole: boolean
  readonly #subjects: Subjects
  readonly #link: Link
  readonly #outlets: Outlets
  readonly #emitter = new RelayEmitter()
  readonly #answers: Answers
  readonly #signs: Signs
  readonly #stops: (() => void)[] = []
  #account: RelayedAccount | null = null
  #market: RelayedMarket | null = null
  #records = 0
  #frames = 0
  #bytes = 0
  #droppedRecords = 0

  /** `ownership` says which of the feed's streams are to be published; all of them where it is left out. */
  constructor(feed: ExchangeFeed, options: RelayOptions, ownership?: Ownership) {
    const { clock = systemClock, random = systemRandom, epoch = clock.wallTime() } = options
    const { prefix, account = defaultAccount, gatherMs = defaultGatherMs, whileAway = {} } = options
    const { beatIntervalMs = defaultBeatIntervalMs } = options
    this.#feed = feed
    this.#options = options
    this.#isSole = ownership !== undefined
    this.#ownership = ownership ?? { of: () => ({ epoch, continues: false }) }
    this.#subjects = new Subjects(feed.exchange, prefix)
    this.#link = new Link({
      clock,
      random,
      whileAway,
      askIntervalMs: askIntervalOf(beatIntervalMs),
      connect: () => connectNats(options),
      onConnected: (connection) => {
        this.#account?.attach(connection)
        this.#market?.attach(connection)
        this.#emitter.emit('connection', { isConnected: true, error: null })
      },
      onAway: (error) => this.#emitter.emit('connection', { isConnected: false, error }),
      maySendLate: (subject, frame) => this.#isStillOwn(subject, frame),
      onLost: (records) => this.#onLost(records),
      onError: (error) => this.#emitter.emit('error', error),
    })
    this.#signs = new Signs({
      relay: this.#id,
      subjects: this.#subjects,
      link: this.#link,
      clock,
      beatIntervalMs,
      streams: () => this.#outlets.all.length,
    })
    this.#answers = new Answers({
      relay: this.#id,
      subjects: this.#subjects,
      link: this.#link,
      now: () => this.#now,
      isCarried: ({ stream }) => feed.streamStates().some((state) => state.stream === stream),
      flagsOf: () => this.#flagsOfAccount(),
      snapshotOf: (outlet) => liveSnapshotOf(feed, outlet, this.#now),
    })
    this.#outlets = new Outlets({
      exchange: feed.exchange,
      subjects: this.#subjects,
      account,
      relay: this.#id,
      ownership: this.#ownership,
      clock,
      gatherMs,
      maxFrameBytes,
      publish: (subject, frame, records, relayed) => this.#publish(subject, frame, records, relayed),
      answerFor: (outlet) => this.#answers.answerFor(outlet),
      onOwnership: (outlet, isNew) => this.#onOwnership(outlet, isNew),
    })
  }

  /** Connects, and publishes from then on. */
  async open(): Promise<void> {
    const feed = this.#feed
    if (feed.streamStates().some(({ channel }) => isPrivate(channel))) this.#account = this.#openAccount()
    this.#market = this.#openMarket()
    await this.#link.open(this.#options.retry === true)
    try {
      await Promise.all([this.#account?.attached(), this.#market?.attached()])
    } catch (thrown) {
      await this.close()
      throw thrown
    }
    // What an exchange's books are like is nothing that an account knows.
    if (this.#account === null)
      this.#stops.push(
        this.#link.listen(this.#subjects.about, 'about', (ask) => ask.respond(JSON.stringify(this.#about))),
      )
    this.#stops.push(
      feed.on('message', (message) => this.#onMessage(message)),
      feed.on('stream', (state) => this.#onState(state)),
      feed.on('gap', (gap) => this.#onGap(gap)),
      feed.on('alert', (alert) => this.#signs.alert(alert)),
    )
    for (const state of feed.streamStates()) this.#onState(state)
    this.#signs.beginBeats()
  }

  /** The id of this relay in every frame that it sends, by chance. */
  get id(): number {
    return this.#id
  }

  /** Calls `listener` for each event of that name from now on, and returns what ends it. */
  on<Event extends RelayEvent>(event: Event, listener: (payload: RelayEvents[Event]) => unknown): () => void {
    return this.#emitter.on(event, listener)
  }

  /**
   * Asks anew whose each stream is. What is not this relay's any more is not published any more when it returns; resolves once NATS has what was published before, where it is
   * there, and has stored what is an account's.
   */
  async ownershipChanged(): Promise<void> {
    this.#outlets.ownershipChanged()
    this.#outlets.flush()
    await Promise.all([this.#link.confirmed(), this.#account?.publisher.idle()])
  }

  metrics(): RelayMetrics {
    return {
      records: this.#records,
      frames: this.#frames,
      bytes: this.#bytes,
      droppedRecords: this.#droppedRecords,
      streams: this.#outlets.all.length,
      asks: this.#answers.asks,
      refusedAsks: this.#answers.refused,
      isConnected: this.#link.isConnected,
      reconnects: this.#link.reconnects,
      waitingBytes: this.#link.waitingBytes,
      account: this.#account?.publisher.counts ?? null,
      market: this.#market?.counts ?? null,
    }
  }

  /** Publishes what waits, and ends; the feed goes on. Resolves when nothing is left. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
    this.#answers.close()
    this.#market?.close()
    this.#signs.endBeats()
    this.#outlets.flush()
    await this.#account?.close(this.#link.isConnected, closeTimeoutMs)
    await this.#link.close(closeTimeoutMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #about(): About {
    const { exchange, manager } = this.#feed
    return { version: 1, exchange, book: aboutBooks(manager.bookRules) }
  }

  #openAccount(): RelayedAccount {
    const { account = defaultAccount } = this.#options
    return new RelayedAccount({
      options: this.#options,
      subjects: this.#subjects,
      relay: this.#id,
      ownership: this.#isSole ? this.#ownership : null,
      relayed: { exchange: this.#feed.exchange, channel: 'orders', symbol: account, interval: null },
      onLost: (records) => this.#onLost(records),
      onError: (error) => this.#emitter.emit('error', error),
    })
  }

  #openMarket(): RelayedMarket | null {
    const { marketRetention: retention, clock = systemClock } = this.#options
    if (retention === undefined) return null
    const market = new RelayedMarket({
      base: this.#subjects.base,
      retention,
      about: JSON.stringify(this.#about),
      clock,
      outlets: () => this.#outlets.all,
      addSnapshot: (outlet) => this.#addSnapshot(outlet),
      onError: (error) => this.#emitter.emit('error', error),
    })
    this.#stops.push(this.#link.listen(market.replies, null, (reply) => market.onReply(reply)))
    return market
  }

  #onLost(records: number): void {
    this.#droppedRecords += records
    this.#emitter.emit('drop', { records })
  }

  #onMessage(message: FeedMessage): void {
    if (!dataTypes.has(message.type)) return
    if (this.#account === null) this.#outlets.add(message as DataMessage)
    else this.#account.publisher.addMessage(message as DataMessage)
  }

  #onState(state: StreamState): void {
    for (const outlet of this.#outlets.of(state.stream)) this.#addState(outlet, state)
  }

  #onGap(gap: GapEvent): void {
    if (this.#account !== null && isPrivate(gap.channel)) this.#account.publisher.addGap(gap.channel, gap)
    else for (const outlet of this.#outlets.of(gap.stream)) outlet.addGap(gap)
  }

  /** Whether a frame that waited for NATS is of an ownership that it has still. */
  #isStillOwn(subject: string, frame: Uint8Array): boolean {
    const outlet = this.#outlets.at(subject)
    if (outlet === null || readHeader(frame)?.epoch !== outlet.epoch) return false
    return this.#ownership.mayPublish?.(outlet.relayed) !== false
  }

  #publish(subject: string, frame: Uint8Array, records: number, relayed: RelayedStream): void {
    if (this.#ownership.mayPublish?.(relayed) === false) {
      this.#onLost(records)
      return
    }
    this.#records += records
    this.#frames += 1
    this.#bytes += frame.length
    this.#link.publish(subject, frame, records, this.#market?.replyFor(relayed.channel))
  }

  #onOwnership(outlet: Outlet, isNew: boolean): void {
    if (this.#account !== null) this.#account.publisher.publishAs(outlet.owned)
    // Whoever listens already hears that it has another owner, and how the stream is with that one.
    if (!isNew && outlet.owned !== null) this.#addState(outlet, stateOf(outlet.stream))
  }

  #addState(outlet: Outlet, state: StreamState): void {
    if (this.#account !== null && isPrivate(outlet.channel)) {
      this.#account.publisher.addState(outlet.channel, state)
      return
    }
    outlet.addState(state)
    if (state.status === 'live') this.#addSnapshot(outlet)
  }

  /** Whether who asks has to do with one owner at a time, and missed nothing where that one took over. */
  #flagsOfAccount(): number {
    if (this.#account === null || !this.#isSole) return 0
    return frameFlags.sole | (this.#account.publisher.owned?.continues === true ? frameFlags.continues : 0)
  }

  #addSnapshot(outlet: Outlet): void {
    const snapshot = liveSnapshotOf(this.#feed, outlet, this.#now)
    if (snapshot !== null) outlet.addSnapshot(snapshot)
  }

  get #now(): number {
    return (this.#options.clock ?? systemClock).now()
  }
}

function isPrivate(channel: Channel): channel is PrivateChannel {
  return traitsOf(channel).scope === 'private'
}

function stateOf(stream: Stream): StreamState {
  const { instrument: symbol, channel, status, reason, since } = stream
  return { stream, symbol, channel, status, reason, since }
}
