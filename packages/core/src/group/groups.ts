import { type StreamError, toStreamError } from '../errors/stream-error.js'
import { PastConnections } from '../metrics/connection/past-connections.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import { ConnectionState } from '../model/connection-state.js'
import type { Stream } from '../model/stream.js'
import type { SessionSettings } from '../session/session.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import { Group, type GroupOwner } from './group.js'
import { placeStreams } from './placement.js'
import { Rotation } from './rotation.js'

/** What groups need beside what their sessions share. */
export interface GroupsParts {
  readonly settings: SessionSettings
  readonly owner: GroupOwner
  /** These streams are carried by no connection any more, and why: the exchange's answers, or what kept us from having them. */
  readonly onUncarried: (streams: readonly Stream[], why: SubscriptionOutcome | StreamError) => void
}

/** Streams that one connection is asked for, and what comes of it. */
export interface AskedStreams {
  readonly streams: readonly Stream[]
  readonly outcome: Promise<SubscriptionOutcome>
}

/** The groups of one manager: as many as its streams ask for, each stream in one of them and never moved. */
export class Groups {
  readonly #parts: GroupsParts
  #all: readonly Group[] = []
  /** Being closed, and no longer counted. */
  readonly #leaving = new Set<Group>()
  /** What the connections counted that are gone. */
  readonly #past: PastConnections
  readonly #rotation: Rotation
  #count = 0
  #isClosed = false

  constructor(parts: GroupsParts) {
    this.#parts = parts
    const { env, strategies, measurement } = parts.settings
    this.#past = new PastConnections(measurement !== null)
    this.#rotation = new Rotation({ ...env, lifetimeMs: strategies.limits.connectionLifetimeMs })
  }

  get all(): readonly Group[] {
    return this.#all
  }

  /** Every stream that a connection carries. */
  get wanted(): readonly Stream[] {
    return this.#all.flatMap((group) => group.wanted)
  }

  /** The first whose connection is up. */
  get connected(): Group | undefined {
    return this.#all.find(({ state }) => state === ConnectionState.Connected)
  }

  /** What all connections that there were have counted. */
  metricsSources(nowMs: number): readonly MetricsSource[] {
    const groups = [...this.#leaving, ...this.#all]
    return [...this.#past.sources, ...groups.flatMap((group) => group.metricsSources(nowMs))]
  }

  carrierOf(stream: Stream): Group | undefined {
    return this.#all.find((group) => group.has(stream))
  }

  /** Puts streams on connections, new ones where there is no room, each with the promise of the exchange's answers. With `retry` a new one is tried as often as a lost one. */
  subscribe(streams: readonly Stream[], retry: boolean): readonly AskedStreams[] {
    const { existing, fresh } = placeStreams(streams, this.#all, this.#parts.settings.strategies.limits)
    // What is on its way already is waited for as well.
    const known = this.#all.map((group) => ({ group, streams: streams.filter((stream) => group.has(stream)) }))
    const asked = (group: Group, part: readonly Stream[]): AskedStreams => ({
      streams: part,
      outcome: this.#subscribeOn(group, part),
    })
    return [
      ...known.filter((part) => part.streams.length > 0).map((part) => asked(part.group, part.streams)),
      ...existing.map((part) => asked(part.place, part.streams)),
      ...fresh.map((batch) => ({ streams: batch, outcome: this.#open(batch, retry) })),
    ]
  }

  /** Takes streams off their connections, and closes those that are left empty. */
  async unsubscribe(streams: readonly Stream[]): Promise<readonly SubscriptionOutcome[]> {
    const outcomes = await Promise.all(
      this.#all.map((group) => group.unsubscribe(streams.filter((stream) => group.has(stream)))),
    )
    await this.#closeEmpty()
    return outcomes
  }

  /** Ends every connection, those that are leaving included. They stay where they are: their counters can still be read. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#leave(this.#all)
    await Promise.all([...this.#all, ...this.#leaving].map((group) => group.close()))
  }

  /** Ends every connection, and starts over without any. */
  clear(): Promise<void> {
    return this.#drop(this.#all)
  }

  /** What comes of it is noted here, whatever becomes of the other parts of the request: a stream that no connection carries is not expected any more. */
  async #subscribeOn(group: Group, streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    try {
      const outcome = await group.subscribe(streams)
      this.#noteUncarried(streams, outcome)
      return outcome
    } catch (thrown) {
      this.#noteUncarried(streams, reasonOf(thrown))
      throw thrown
    }
  }

  /** One more connection for these streams. Where it cannot be made, nothing of it is left. */
  async #open(streams: readonly Stream[], retry: boolean): Promise<SubscriptionOutcome> {
    const group = this.#add()
    // The room is taken before anything is awaited, so that a concurrent call does not place into it.
    const subscribed = this.#subscribeOn(group, streams)
    try {
      const [outcome] = await Promise.all([subscribed, group.open(retry)])
      return outcome
    } catch (thrown) {
      // Unsubscribed and closed again before it was open: that is what was asked for.
      if (!this.#isClosed && !this.#all.includes(group)) return subscribed
      await this.#drop([group])
      this.#noteUncarried(streams, reasonOf(thrown))
      throw thrown
    }
  }

  #add(): Group {
    const { settings, owner } = this.#parts
    this.#count += 1
    const group = new Group(this.#count, settings, owner)
    this.#all = [...this.#all, group]
    for (const lane of group.lanes) this.#rotation.watch(lane)
    return group
  }

  async #drop(groups: readonly Group[]): Promise<void> {
    this.#all = this.#all.filter((group) => !groups.includes(group))
    for (const group of groups) this.#leaving.add(group)
    this.#leave(groups)
    await Promise.all(groups.map((group) => group.close()))
    for (const group of groups) this.#bury(group)
  }

  /** It will count nothing any more. Whoever else waited for its end may have done this. */
  #bury(group: Group): void {
    if (!this.#leaving.delete(group)) return
    const { clock } = this.#parts.settings.env
    for (const source of group.metricsSources(clock.now())) this.#past.add(source)
  }

  /** These are not replaced any more. */
  #leave(groups: readonly Group[]): void {
    for (const group of groups) for (const lane of group.lanes) this.#rotation.forget(lane)
  }

  /** The last connection stays, if it is of any use. */
  async #closeEmpty(): Promise<void> {
    const empty = this.#all.filter((group) => group.size === 0)
    const kept = empty.length === this.#all.length ? empty.find((group) => group.isOpen) : undefined
    await this.#drop(empty.filter((group) => group !== kept))
  }

  #noteUncarried(streams: readonly Stream[], why: SubscriptionOutcome | StreamError): void {
    const uncarried = streams.filter((stream) => this.carrierOf(stream) === undefined)
    if (uncarried.length > 0) this.#parts.onUncarried(uncarried, why)
  }
}

export function reasonOf(thrown: unknown): StreamError {
  return toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The streams could not be subscribed.')
}
