import type { Log } from '../config/logger.js'
import type { StreamError } from '../errors/stream-error.js'
import type { Group } from '../group/group.js'
import { ConnectionState } from '../model/connection-state.js'
import type { SessionEvent } from '../session/session-events.js'
import type { PulledStreams } from './pulled-streams.js'
import type { StreamKeepers, Subscriptions } from './subscriptions.js'

/** What a manager's sessions are answered with. */
export interface SessionAnswersParts {
  readonly exchange: string
  readonly log: Log
  readonly keepers: StreamKeepers
  readonly subscriptions: Subscriptions
  readonly pulled: PulledStreams
}

/** What follows from what a session tells beside messages: for the books and states of its streams, for whoever waits, and for the user. */
export class SessionAnswers {
  readonly #parts: SessionAnswersParts

  constructor(parts: SessionAnswersParts) {
    this.#parts = parts
  }

  /** What one connection of a group tells; `connectionId` says which. */
  answer(group: Group, event: SessionEvent, connectionId: string): void {
    const { keepers, subscriptions } = this.#parts
    const { states, books, gaps, refusals, announcer } = keepers
    switch (event.kind) {
      case 'state':
        this.#onState(group, event, connectionId)
        return
      case 'lost': {
        const reason = `connection lost (${event.failure.error.code})`
        books?.interrupt(event.streams, reason)
        states.mark(event.streams, 'gapped', reason)
        gaps.onLost(event.streams, reason, event.wholeUntil)
        return
      }
      case 'restoring':
        states.mark(event.streams, 'syncing', waitingForFirst)
        return
      case 'accepted': {
        const gapped = event.streams.filter(({ status }) => status === 'gapped')
        refusals.forget(event.streams)
        books?.confirm(event.streams)
        states.mark(gapped, 'syncing', waitingForFirst)
        gaps.onAccepted(event.streams)
        return
      }
      case 'refused':
        subscriptions.onRefused(event.refused)
        return
      case 'postponed':
        this.#onPostponed(event, connectionId)
        return
      case 'wrong': {
        const once = gaps.notAway(event.streams)
        books?.reset(event.streams, event.reason)
        states.mark(event.streams, 'gapped', event.reason)
        gaps.onLostOnce(once, event.reason, event.wholeUntil)
        return
      }
      case 'told':
        this.#onTold(event)
        return
      case 'dropped':
        this.#onDropped(event, connectionId)
        return
      case 'error':
        announcer.report(event.error, connectionId)
        return
    }
  }

  #onState(group: Group, { kind: _, ...change }: Extract<SessionEvent, { kind: 'state' }>, connectionId: string): void {
    const { exchange, log, keepers } = this.#parts
    const { state, previous, error, attempt, delayMs, nextAttemptAt } = change
    log.debug({ event: 'connection-state', connectionId, state, previous, attempt, delayMs, nextAttemptAt })
    keepers.announcer.tell('connection', { exchange, connectionId, ...change })
    this.#sayWhatIsWaitedFor(group, error)
    if (state === ConnectionState.Error && error?.code === 'ERR_RECONNECT_EXHAUSTED')
      this.#onGivenUp(group, error, connectionId)
  }

  /** What has never come of a stream waits for its connection first, and that may be long: its reason says so, and why the last attempt failed. */
  #sayWhatIsWaitedFor(group: Group, error: StreamError | null): void {
    const { states, books } = this.#parts.keepers
    const isUp = group.state === ConnectionState.Connected
    const waiting = group.wanted.filter(({ status }) => status === 'syncing')
    if (isUp) {
      states.mark(waiting, 'syncing', waitingForFirst)
      return
    }
    if (error === null) return
    const reason = `no connection${group.wasUp ? '' : ' yet'} (${error.code})`
    books?.interrupt(waiting, reason)
    states.mark(waiting, 'syncing', reason)
  }

  #onGivenUp(group: Group, error: StreamError, connectionId: string): void {
    const { keepers, pulled } = this.#parts
    const { groups, books, gaps, announcer } = keepers
    if (group.givenUp === null) {
      // Its streams go on over the other connection.
      announcer.report(error, connectionId)
      return
    }
    books?.refuse(group.wanted, error)
    gaps.abandon(group.wanted, 'the connection was given up')
    // Otherwise it is what the start rejects with, of which nothing is left.
    if (!group.wasUp) return
    // What was read before is still pulled.
    const ended = groups.all.filter(({ givenUp }) => givenUp !== null)
    void Promise.all(ended.map((one) => one.whenDelivered())).then(() => pulled.endExhausted())
    announcer.report(error, connectionId)
  }

  /** What was not acknowledged and is live delivers all the same: the acknowledgement alone was lost. */
  #onPostponed(
    { streams, reason, isRefused }: Extract<SessionEvent, { kind: 'postponed' }>,
    connectionId: string,
  ): void {
    const { log, keepers } = this.#parts
    log.warn({ event: 'streams-postponed', connectionId, streams: streams.length, reason })
    const away = isRefused ? streams : streams.filter(({ status }) => status !== 'live')
    keepers.books?.interrupt(away, reason)
    keepers.states.mark(away, 'gapped', reason)
  }

  /** What is gapped, or waits for its first message, is neither stale nor live. A book that was stale is live with its next update, and one that is gapped asks for itself. */
  #onTold({ stream, status, reason }: Extract<SessionEvent, { kind: 'told' }>): void {
    const { states, books, gaps } = this.#parts.keepers
    switch (status) {
      case 'gapped':
        states.mark([stream], 'gapped', reason)
        gaps.onAway(stream)
        return
      case 'syncing':
        if (stream.status !== 'gapped') return
        states.mark([stream], 'syncing', reason)
        gaps.onAccepted([stream])
        return
      case 'stale':
        books?.markStale(stream, reason)
        if (stream.status === 'live') states.mark([stream], status, reason)
        return
      case 'live':
        if (stream.status === 'stale') states.mark([stream], status, reason)
        return
    }
  }

  #onDropped({ stream, wholeUntil }: Extract<SessionEvent, { kind: 'dropped' }>, connectionId: string): void {
    const { exchange, keepers } = this.#parts
    if (stream !== null) {
      const once = keepers.gaps.notAway([stream])
      keepers.books?.reset([stream], 'an update was dropped')
      keepers.states.mark([stream], 'gapped', dropped)
      keepers.gaps.onLostOnce(once, dropped, wholeUntil)
    }
    keepers.announcer.tell('drop', {
      exchange,
      connectionId,
      stream,
      channel: stream?.channel ?? null,
      symbol: stream?.instrument ?? null,
    })
  }
}

const dropped = 'a message was dropped'
const waitingForFirst = 'waiting for the first message'
