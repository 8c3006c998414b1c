import { StreamError } from '../../errors/stream-error.js'
import type { Acknowledgement, Refusal } from '../../model/message.js'
import type { Stream } from '../../model/stream.js'
import type { StrategyEnv } from '../../strategy/env.js'
import type { SubscriptionAction, SubscriptionStrategy } from '../../strategy/subscription-strategy.js'
import type { ProbeOutcome } from '../../stream/silence/silence-watch.js'
import { Asks, preparationError, type RequestLink } from './asks.js'
import { LateSignatures } from './late-signatures.js'
import { LaterAsks } from './later-asks.js'
import { LaterEnds } from './later-ends.js'
import { type PendingRequest, type RefusedStream, type Settlement, SubscriptionLedger } from './ledger.js'
import { Replay } from './replay.js'
import { Requests } from './requests.js'
import { Restarts } from './restarts.js'
import type { StreamsEvent } from './streams-event.js'
import { nothingRefused, type SubscriptionOutcome, SubscriptionWaits } from './waits.js'

/** What the streams of a session are asked for with, and who hears of them. */
export interface SessionStreamsParts {
  readonly strategy: SubscriptionStrategy
  readonly env: StrategyEnv
  /** 1 and up; never the same twice in a manager. */
  readonly nextRequestId: () => number
  readonly acknowledgementTimeoutMs: number
  readonly link: RequestLink
  tell(event: StreamsEvent): void
  /** An answer, or its absence, may have changed which streams are there. */
  onSettled(): void
}

/** The streams of one session: what is wanted of its connection, is asked for on it and again on the next, and what became of that. */
export class SessionStreams {
  readonly #parts: SessionStreamsParts
  readonly #ledger = new SubscriptionLedger()
  readonly #waits = new SubscriptionWaits()
  readonly #requests: Requests
  readonly #asks: Asks
  readonly #replay: Replay
  readonly #later: LaterAsks
  readonly #laterEnds: LaterEnds
  readonly #lateSignatures: LateSignatures
  readonly #restarts: Restarts
  /** Why nothing can be subscribed any more. */
  #end: StreamError | null = null

  constructor(parts: SessionStreamsParts) {
    const { strategy, env, nextRequestId, acknowledgementTimeoutMs, link, tell } = parts
    this.#parts = parts
    this.#requests = new Requests({
      strategy,
      env,
      nextRequestId,
      acknowledgementTimeoutMs,
      onTimeout: (request) => this.#onUnanswered(request),
    })
    this.#asks = new Asks(this.#requests, this.#ledger, link)
    const tools = { ledger: this.#ledger, waits: this.#waits, asks: this.#asks }
    this.#replay = new Replay(tools)
    this.#later = new LaterAsks({ ...tools, env, tell })
    this.#laterEnds = new LaterEnds({ ...tools, env })
    this.#lateSignatures = new LateSignatures({
      ...tools,
      requests: this.#requests,
      onRefused: (action, refused) =>
        this.#conclude({ action, accepted: [], refused, postponed: [], retry: [], stray: [] }, true),
    })
    this.#restarts = new Restarts({
      ...tools,
      later: this.#later,
      onEnded: (refused) => this.#onUnheardRefusal(refused),
    })
  }

  get wanted(): readonly Stream[] {
    return this.#ledger.wanted
  }

  get size(): number {
    return this.#ledger.size
  }

  get activeCount(): number {
    return this.#ledger.activeCount
  }

  has(stream: Stream): boolean {
    return this.#ledger.has(stream)
  }

  isActive(stream: Stream): boolean {
    return this.#ledger.isActive(stream)
  }

  /** Why nothing can be subscribed any more; null while it can. */
  get ended(): StreamError | null {
    return this.#end
  }

  /** Whether everything that was wanted has ever been asked for and answered. */
  get wereRestored(): boolean {
    return this.#replay.wasDone
  }

  /**
   * Wants these streams, and resolves once the exchange has answered for each, after reconnects if need be. Rejects with why nothing can be subscribed any more, and with why no request could be
   * made.
   */
  async subscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    if (this.#end !== null) throw this.#end
    const added = this.#ledger.want(streams)
    this.#laterEnds.settle(added)
    const wait = this.#waits.begin(
      'subscribe',
      streams.filter((stream) => !this.#ledger.isActive(stream)),
    )
    try {
      await this.#asks.ask('subscribe', added)
    } catch (thrown) {
      this.#onUnprepared('subscribe', thrown, added)
    }
    return wait.promise
  }

  /** Wants these streams no longer, and resolves once the exchange has answered, or the connection is gone. */
  async unsubscribe(streams: readonly Stream[]): Promise<SubscriptionOutcome> {
    const removed = this.#ledger.unwant(streams)
    this.#later.settle(removed)
    this.#waits.accept('subscribe', removed)
    if (removed.length === 0 || !this.#asks.isUp) return nothingRefused
    const wait = this.#waits.begin('unsubscribe', removed)
    try {
      await this.#asks.ask('unsubscribe', removed)
    } catch (thrown) {
      this.#onUnprepared('unsubscribe', thrown, removed)
    }
    return wait.promise
  }

  /** As `Restarts.resubscribe`. */
  resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    return this.#restarts.resubscribe(streams, onEnded)
  }

  /** As `Restarts.probe`. */
  probe(stream: Stream): Promise<ProbeOutcome> {
    return this.#restarts.probe(stream)
  }

  /** As `Restarts.startOver`. */
  startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    return this.#restarts.startOver(stream, onEnded)
  }

  /** These are carried elsewhere: they need not be waited for here. */
  yield(streams: readonly Stream[]): void {
    this.#waits.accept('subscribe', streams)
  }

  /** The exchange has answered a request, or taken back an answer. */
  onAnswer(answer: Acknowledgement): void {
    const settlements = this.#ledger.settle(answer)
    if (settlements.length > 0) this.#replay.onAnswer()
    for (const settlement of settlements) this.#conclude(settlement, true)
  }

  /** The connection is up: asks again for everything that is wanted, and resolves once all of it is answered, or has had its time to be. Rejects where that cannot be. */
  async restore(): Promise<void> {
    this.#requests.startOver()
    this.#replay.begin()
    this.#waits.acceptUnsubscribes()
    if (this.#replay.wasDone) this.#parts.tell({ kind: 'restoring', streams: this.wanted })
    await this.#replay.run()
  }

  /** The connection is gone; what is wanted stays wanted. */
  onLost(error: StreamError): void {
    this.#requests.startOver()
    this.#lateSignatures.clear()
    this.#later.clear()
    this.#laterEnds.clear()
    this.#ledger.reset()
    this.#asks.noteAwaited()
    this.#replay.fail(error)
    this.#waits.acceptUnsubscribes()
  }

  /** Nothing is answered any more, for this reason: settles whoever waits. */
  finish(error: StreamError): void {
    this.#end ??= error
    this.#waits.acceptUnsubscribes()
    this.#waits.fail('subscribe', error)
  }

  /** Finishes, and leaves no timer behind. */
  close(error: StreamError): void {
    this.#requests.startOver()
    this.finish(error)
    this.#ledger.reset()
    this.#later.clear()
    this.#laterEnds.clear()
    this.#requests.keepTimers([])
  }

  #onUnanswered(request: PendingRequest): void {
    if (this.#replay.takesForDead()) {
      const error = new StreamError(
        'ERR_ACKNOWLEDGEMENT_TIMEOUT',
        'The exchange did not acknowledge subscriptions after a reconnect.',
      )
      this.#parts.link.fail('timeout', error)
      return
    }
    const settlement = this.#ledger.expire(request)
    if (settlement === null) return
    this.#conclude(settlement, false)
    // Should the exchange have subscribed us all the same, it is not wanted any more.
    const unwanted = settlement.refused.map((refused) => refused.stream)
    if (settlement.action === 'subscribe') void this.#endUnheard(unwanted)
  }

  #conclude(answer: Settlement, answered: boolean): void {
    const { tell, onSettled } = this.#parts
    const settlement = this.#lateSignatures.without(answer)
    const { action, accepted, refused, postponed, retry } = settlement
    this.#asks.noteAwaited()
    onSettled()
    if (action === 'subscribe') this.#later.settle([...accepted, ...refused.map(({ stream }) => stream)])
    else this.#onEnded(accepted, refused, answered)
    this.#postpone(postponed, answered)
    if (action === 'subscribe' && accepted.length > 0) tell({ kind: 'accepted', streams: accepted })
    for (const streams of retry) {
      void this.#asks.ask(action, streams).catch((thrown) => this.#onUnprepared(action, thrown, streams))
    }
    const { wait } = this.#replay
    this.#waits.accept(action, accepted)
    this.#waits.refuse({ action, refused: postponed }, answered, wait)
    for (const refusal of settlement.stray) tell({ kind: 'error', error: strayRefusal(refusal) })
    const unheard = this.#waits.refuse(settlement, answered, wait)
    if (unheard.length > 0 && action === 'subscribe') this.#onUnheardRefusal(unheard)
  }

  /** The exchange did not say that these have ended, or not for the moment: it may go on with them. */
  #onEnded(ended: readonly Stream[], refused: readonly RefusedStream[], answered: boolean): void {
    const isLeft = ({ refusal }: RefusedStream): boolean => !answered || refusal.retryable === true
    const left = refused.filter(isLeft).map(({ stream }) => stream)
    this.#laterEnds.settle([...ended, ...refused.filter((one) => !isLeft(one)).map(({ stream }) => stream)])
    this.#laterEnds.postpone(left)
  }

  /** Ends these at the exchange, should it have them; nobody waits for that. Never rejects. */
  async #endUnheard(streams: readonly Stream[]): Promise<void> {
    try {
      await this.#asks.ask('unsubscribe', streams)
    } catch {
      this.#laterEnds.postpone(streams)
    }
  }

  /** What was live before stays wanted. */
  #postpone(postponed: readonly RefusedStream[], answered: boolean): void {
    if (!answered) this.#later.onUnanswered(postponed.filter(({ stream }) => !this.#restarts.isProbed(stream)))
    else if (postponed.length > 0) this.#later.onRefused(postponed)
  }

  /** Nobody waits for these, so they were live before. Where the refusal is about who we are, another attempt may be accepted. */
  #onUnheardRefusal(refused: readonly RefusedStream[]): void {
    const refusal = refused.map((one) => one.refusal).find(({ code }) => code !== undefined)
    if (refusal?.code === undefined) {
      this.#parts.tell({ kind: 'refused', refused })
      return
    }
    this.#ledger.want(refused.map(({ stream }) => stream))
    const kind = refusal.code === 'ERR_CLOCK_SKEW' ? 'clock-skew' : 'authentication'
    this.#parts.link.fail(kind, new StreamError(refusal.code, `The exchange refused us: ${refusal.reason}`))
  }

  /** Requests that cannot be made, for want of a signature. What was live before is asked for again: a signing function that fails says nothing of who we are. */
  #onUnprepared(action: SubscriptionAction, thrown: unknown, streams: readonly Stream[]): void {
    const error = preparationError(action, thrown)
    if (action === 'subscribe' && this.#replay.failFor(streams, error)) return
    const isHeard = this.#waits.fail(action, error, streams)
    if (action === 'unsubscribe') {
      this.#laterEnds.postpone(streams)
      return
    }
    if (isHeard) this.#ledger.unwant(streams)
    else this.#later.onUnprepared(streams, error)
  }
}

/** Nobody waits for a stream of that name, and yet somebody's may be meant. */
function strayRefusal({ streamId, exchangeCode, reason }: Refusal): StreamError {
  return new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `The exchange refused something that names no stream of its request: ${reason}`,
    {
      context: { Stream: streamId, ...(exchangeCode === null ? {} : { 'Exchange code': exchangeCode }) },
      hint: 'One of the streams of that request may bring nothing. The adapter may spell its name otherwise than the exchange does.',
    },
  )
}
