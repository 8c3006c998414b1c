import { StreamError } from '../errors/stream-error.js'
import type { Gaps } from '../gap/gaps.js'
import { type AskedStreams, type Groups, reasonOf } from '../group/groups.js'
import { ConnectionState } from '../model/connection-state.js'
import type { Instrument } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import type { StreamStates, Want } from '../stream/stream-states.js'
import type { Announcer } from './announcer.js'
import type { ManagerBooks } from './manager-books.js'
import type { FailedStreams, Refusals } from './refusals.js'
import { type SubscribeCall, SubscribeCalls } from './subscribe-calls.js'

/** What of a manager follows its streams: the connections that carry them, their states, books and refusals, and who is told. */
export interface StreamKeepers {
  readonly groups: Groups
  readonly states: StreamStates
  /** Null where no books are kept. */
  readonly books: ManagerBooks | null
  readonly gaps: Gaps
  readonly refusals: Refusals
  readonly announcer: Announcer
}

/** Which streams a manager has: asked for, given back, refused, not carried any more. Books, states and refusals go along with each step. */
export class Subscriptions {
  readonly #keepers: StreamKeepers
  readonly #calls = new SubscribeCalls()

  constructor(keepers: StreamKeepers) {
    this.#keepers = keepers
  }

  /**
   * Wants these, and asks the exchange for their streams. Its answers may refuse them; where they are not there, its error says what became of each. A further connection that
   * cannot be made is tried for as a lost one is: whether a stream finds room on one that is away is chance, and no reason to wait or not.
   */
  ask(wants: readonly Want[]): SubscribeCall {
    return this.#ask(wants, true, (asked) => this.#allOf(asked))
  }

  /** As `ask`, and over with the first connection that cannot be made. With `retry` one is tried for as a lost one is. */
  start(wants: readonly Want[], retry = false): SubscribeCall {
    return this.#ask(wants, retry, async (asked) =>
      this.#throwRefused(await Promise.all(asked.map(({ outcome }) => outcome))),
    )
  }

  #ask(
    wants: readonly Want[],
    retry: boolean,
    answered: (asked: readonly AskedStreams[]) => Promise<void>,
  ): SubscribeCall {
    const { groups, states, books, refusals } = this.#keepers
    const streams = [...new Set(wants.map(({ stream }) => stream))]
    const newBooks = books?.track(wants) ?? []
    refusals.forget(streams)
    const added = states.want(wants)
    books?.join(newBooks.filter((stream) => groups.carrierOf(stream)?.isActive(stream) === true))
    return this.#calls.begin(wants, added, answered(groups.subscribe(streams, retry)))
  }

  async #allOf(asked: readonly AskedStreams[]): Promise<void> {
    const all = await Promise.allSettled(asked.map(({ outcome }) => outcome))
    const outcomes = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const failed = asked.flatMap(({ streams }, index) => {
      const one = all[index]
      return one?.status === 'rejected' ? [{ streams, error: reasonOf(one.reason) }] : []
    })
    this.#throwRefused(outcomes, failed)
  }

  /** These are not wanted any more. Resolves when the exchange acknowledged; rejects with a `SubscriptionError` where it refused. */
  async giveBack(wants: readonly Want[]): Promise<void> {
    const { groups, states, books, refusals } = this.#keepers
    books?.untrack(wants)
    refusals.forget(wants.map(({ stream }) => stream))
    this.#throwRefused(await groups.unsubscribe(states.unwant(wants)))
  }

  /** What an aborted call asked for is not wanted; nobody waits for its end. */
  takeBack(wants: readonly Want[]): void {
    this.giveBack(wants).catch((thrown) => this.#keepers.announcer.report(thrown))
  }

  /** A book's stream must start over. Nothing to do while there is no connection: the replay will start it. */
  async resubscribe(stream: Stream, onEnded: () => void): Promise<void> {
    const { groups, refusals } = this.#keepers
    const group = groups.carrierOf(stream)
    if (group === undefined || group.state !== ConnectionState.Connected) return
    const outcome = await group.resubscribe([stream], onEnded)
    refusals.note(outcome)
    this.#throwRefused([outcome])
  }

  /** The exchange refused these, and nobody waits for the answer: they were there before. */
  onRefused(refused: readonly RefusedStream[]): void {
    const { states, books, refusals, announcer } = this.#keepers
    const streams = refused.map(({ stream }) => stream)
    const outcome = { refused, unanswered: [] }
    refusals.note(outcome)
    books?.interrupt(streams, refusedReason)
    states.mark(streams, 'gapped', refusedReason)
    this.#refuseBooks(streams)
    const error = refusals.errorOfAll([outcome])
    if (error !== null) announcer.report(error)
  }

  /** No connection carries these any more, and why: the exchange's answers, or what kept us from having them. */
  onUncarried(streams: readonly Stream[], why: SubscriptionOutcome | StreamError): void {
    if (why instanceof StreamError) {
      this.#forget(streams, why)
      return
    }
    const isUncarried = ({ stream }: RefusedStream): boolean => streams.includes(stream)
    const refused = why.refused.filter(isUncarried)
    this.#keepers.refusals.note({ refused, unanswered: why.unanswered.filter(isUncarried) })
    this.#refuseBooks(streams)
    this.#forget(streams)
  }

  /** Nothing is wanted any more, for this reason. */
  abandon(reason: unknown): void {
    this.#forget(this.#keepers.states.wanted, reason)
    this.#keepers.refusals.clear()
  }

  /** Why nothing will come of the order book of an instrument, as things are; null where something may, or it is not subscribed. */
  endOfBook(instrument: Instrument): StreamError | null {
    const { groups, books, refusals } = this.#keepers
    const book = books?.book(instrument) ?? null
    if (book?.isLive === true) return null
    const carrier = book === null ? undefined : groups.carrierOf(book.stream)
    return refusals.find(instrument, 'orderbook') ?? carrier?.givenUp ?? null
  }

  #refuseBooks(streams: readonly Stream[]): void {
    const { books, refusals } = this.#keepers
    for (const stream of streams) {
      const error = refusals.errorOf(stream)
      if (error !== null) books?.refuse([stream], error)
    }
  }

  #forget(streams: readonly Stream[], reason?: unknown): void {
    this.#keepers.books?.forget(streams, reason)
    this.#keepers.states.forget(streams)
  }

  #throwRefused(outcomes: readonly SubscriptionOutcome[], failed: readonly FailedStreams[] = []): void {
    const error = this.#keepers.refusals.errorOfAll(outcomes, failed)
    if (error !== null) throw error
  }
}

const refusedReason = 'refused by the exchange'
