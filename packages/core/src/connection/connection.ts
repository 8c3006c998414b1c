import { abortable } from '../clock/abortable.js'
import type { Timer } from '../clock/clock.js'
import { isPromise } from '../clock/is-promise.js'
import { sleep } from '../clock/sleep.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { BreakerState } from '../model/breaker-state.js'
import { ConnectionState, canTransition } from '../model/connection-state.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ConnectionContext, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { Transport, TransportClose } from '../strategy/transport.js'
import { connectOnce } from './connect-once.js'
import { type ConnectionOptions, noAttempt, type RestoringAttempt, withOverrides } from './connection-options.js'
import { type ConnectionCounters, ConnectionRecord } from './connection-record.js'
import { type Failure, failureOfClose, failureOfError } from './failure.js'
import { Heartbeat } from './heartbeat.js'
import { provenAfterMs, RetryPlan } from './retry-plan.js'
import { SendPacer } from './send-pacer.js'
import { invalidStrategy } from './strategy-fault.js'
import { maxUnsentBytes, readsNothing } from './unsent.js'

/**
 * One connection's life: connect, authenticate, keep alive, notice the end, try again. It knows nothing of subscriptions: its owner is told when it is open, and restores them.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #pacer: SendPacer
  readonly #record: ConnectionRecord
  readonly #plan: RetryPlan
  #policy: ReconnectionPolicy
  /** Ends everything that waits, when closed. */
  readonly #life = new AbortController()
  #state: ConnectionState = ConnectionState.Disconnected
  /** The state the owner was told of last. A loss is told once it is known when the next attempt follows, which is never before the owner knows what it lost. */
  #told: ConnectionState = ConnectionState.Disconnected
  #transport: Transport | null = null
  #heartbeat: Heartbeat | null = null
  #endUpkeep: (() => void) | null = null
  /** Until the connection has proved itself and the breaker closes. */
  #proving: Timer | null = null
  /** Ends what was begun for the present transport. */
  #attached: AbortController | null = null
  /** Whether a loss is followed by another attempt: once it was up, or where the first one is to be retried. */
  #goesOn = false
  #needsLogin = false
  #wasUp = false
  #paused = false
  /** Whether a frame has arrived since `#takeHeard` was last asked, and whether one ever has on the present transport. */
  #heard = false
  #delivered = false
  #lastFailure: Failure | null = null
  /** When the present series of attempts began, by the clock; null while there is none. */
  #reconnectingSince: number | null = null
  #toldOfBreaker = false
  #reconnecting: Promise<void> | null = null
  #nextAttemptAt: number | null = null
  #givenUp: StreamError | null = null
  #onTransportClosed: ((close: TransportClose) => void) | null = null
  #wasCutShort = false
  #closing: Promise<void> | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#policy = options.policy
    const { clock, random } = options.env
    this.#pacer = new SendPacer(options.clientMessagesPerSecond, clock)
    this.#record = new ConnectionRecord(clock)
    this.#plan = new RetryPlan({ random, breakerIntervalMs: options.breakerIntervalMs })
  }

  get state(): ConnectionState {
    return this.#state
  }

  get breaker(): BreakerState {
    return this.#plan.breaker
  }

  /** Whether it broke while it was being closed, or was dead already: what the exchange had sent by then may not have arrived. */
  get wasCutShort(): boolean {
    return this.#wasCutShort
  }

  /** When the next attempt begins, epoch ms; null while none waits. */
  get nextAttemptAt(): number | null {
    return this.#nextAttemptAt
  }

  get counters(): ConnectionCounters {
    return this.#record.counters
  }

  /**
   * The first attempt. Resolves once the owner's `onOpen` has. A failure is not retried, so that a wrong URL is known at once, unless `retry` asks for it: then it is
   * followed by attempts as a loss is. Rejects with the attempt's `StreamError`, or `ERR_RECONNECT_EXHAUSTED` where it was given up.
   */
  async open(retry = false): Promise<void> {
    this.#moveTo(ConnectionState.Connecting, null)
    try {
      await this.#establish()
    } catch (thrown) {
      const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
      // Once it is closing, the transport is ended by the handshake that close() waits for.
      const isClosing = this.#life.signal.aborted
      if (retry && !isClosing) {
        await this.#retryFirst(this.#failureOf(thrown))
        return
      }
      if (!isClosing) this.#dropTransport()
      this.#moveTo(ConnectionState.Error, error)
      throw error
    }
  }

  /** Settles once the connection is up or there are no more attempts. */
  async #retryFirst(failure: Failure): Promise<void> {
    const { owner, env } = this.#options
    env.log.warn({ event: 'connect-failed', kind: failure.kind, code: failure.error.code })
    if (failure.kind === 'strategy') owner.onStrategyFault(failure.error)
    this.#goesOn = true
    if (this.#transport === null) this.#enter(ConnectionState.Reconnecting)
    else this.#loseUnrestored(failure)
    this.#startReconnecting(failure)
    while (this.#reconnecting !== null) await this.#reconnecting
    this.#life.signal.throwIfAborted()
    if (this.#givenUp !== null) throw this.#givenUp
  }

  /**
   * Sends as soon as the exchange's message rate allows, and resolves once it is on its way. Rejects with `ERR_CONNECTION_CLOSED` where there is no connection, or
   * it is lost or ending before the turn comes.
   */
  send(payload: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.post(payload, resolve, reject)
    })
  }

  /** Sends as `send` does, and says at once what became of it. Returns what takes the message back while it waits for its turn: then nothing is said. */
  post(payload: string | Uint8Array, onSent: () => void, onUnsent: (reason: unknown) => void): () => void {
    const send = (): void => {
      try {
        if (this.#sendNow(payload)) onSent()
        else onUnsent(notSent())
      } catch (thrown) {
        // The turn may come in a timer, where nobody would catch it.
        onUnsent(thrown)
      }
    }
    return this.#pacer.schedule(send, () => onUnsent(notSent()))
  }

  /** How many messages wait for their turn. */
  get waitingMessages(): number {
    return this.#pacer.waiting
  }

  /** Whether the transport took it. One whose other side has long taken nothing is lost: otherwise what is sent would pile up for ever. */
  #sendNow(payload: string | Uint8Array): boolean {
    const transport = this.#transport
    if (transport === null) return false
    const { bufferedBytes } = transport
    if (!(bufferedBytes > maxUnsentBytes)) return transport.send(payload)
    this.fail('timeout', readsNothing(bufferedBytes))
    return false
  }

  /** Gives the connection up and makes a new one, as after a failure of that kind. */
  fail(kind: FailureKind, error: StreamError): void {
    const transport = this.#transport
    if (transport === null || this.#life.signal.aborted) return
    this.#onLost({ kind, error })
    transport.terminate()
  }

  /** A HEARTBEAT message arrived. What it wants as an answer is sent at once: it must not wait behind what is paced. */
  onHeartbeat(reply: string | null): void {
    this.#heartbeat?.onPong()
    if (reply !== null) this.#sendNow(reply)
  }

  /** Stops or resumes reading the socket. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#heartbeat?.suspend(paused)
    if (paused) this.#transport?.pause()
    else this.#transport?.resume()
  }

  /** Ends the connection for good: a close handshake, and the end of the socket where that takes too long. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#moveTo(ConnectionState.Closing, null)
    this.#life.abort(new StreamError('ERR_CLOSED', 'The connection was closed.'))
    this.#pacer.clear()
    this.#heartbeat?.stop()
    this.#proving?.cancel()
    this.#nextAttemptAt = null
    await this.#closeTransport()
    await this.#reconnecting
    this.#detach()
    this.#options.tap.end()
    this.#moveTo(ConnectionState.Closed, null)
  }

  async #closeTransport(): Promise<void> {
    const transport = this.#transport
    if (transport === null) return
    this.#heard = false
    await new Promise<void>((resolve) => {
      const timer = this.#options.env.clock.setTimer(this.#options.closeTimeoutMs, () => {
        // Neither an answer nor anything else: nobody may have been there for a while.
        this.#wasCutShort = !this.#heard
        transport.terminate()
        resolve()
      })
      this.#onTransportClosed = (close) => {
        this.#wasCutShort = this.#failureOfClose(close).kind === 'abrupt'
        timer.cancel()
        resolve()
      }
      transport.close(1000)
    })
  }

  async #establish(): Promise<void> {
    const { owner, env, parsers } = this.#options
    const { transport, parser, context, kept } = await connectOnce(this.#options, this.#life.signal, {
      onContext: (next) => {
        this.#policy = withOverrides(this.#options.policy, next)
        this.#needsLogin = next.authRequired
      },
      onEnded: (close) => {
        this.#lastFailure = this.#failureOfClose(close)
        return this.#lastFailure.error
      },
    })
    if (this.#life.signal.aborted) {
      transport.terminate()
      parsers.end(parser)
    }
    this.#life.signal.throwIfAborted()
    owner.onAttached(parser)
    this.#attach(transport, context)
    this.#moveTo(ConnectionState.Connected, null)
    env.log.debug({ event: 'connected' })
    this.#life.signal.throwIfAborted()
    const opened = owner.onOpen()
    // The transport delivers nothing from within listen(), so these still come first.
    for (const { frame, messages } of kept) {
      if (this.#transport !== transport) break
      this.#heard = true
      if (messages === null) owner.onFrame(frame)
      else owner.onReadFrame(frame, messages)
    }
    await abortable(opened, this.#life.signal)
    // The read of the socket that let onOpen resolve may have brought the end as well.
    this.#assertAttached(transport)
    this.#goesOn = true
    this.#wasUp = true
  }

  #attach(transport: Transport, context: ConnectionContext): void {
    const { strategy, owner, env } = this.#options
    const attached = new AbortController()
    const attachedEnv = { ...env, signal: attached.signal }
    this.#attached = attached
    this.#transport = transport
    this.#heard = false
    this.#delivered = false
    this.#record.connected()
    const heartbeat = this.#startHeartbeat(transport, context, attachedEnv)
    this.#heartbeat = heartbeat
    const isCurrent = (): boolean => this.#transport === transport
    const takeOver = (reason: string): void => {
      if (isCurrent()) owner.onTakeOverWanted(reason)
    }
    const lost = (thrown: StreamError): void => {
      if (!isCurrent()) return
      const { kind, error } = this.#failureOf(thrown)
      this.fail(kind, error)
    }
    const upkeep = (): (() => void) | null => strategy.maintain?.(context, attachedEnv, takeOver, lost) ?? null
    const endUpkeep = this.#ask('maintain', upkeep, null)
    if (isCurrent()) this.#endUpkeep = endUpkeep
    else this.#tell('maintain', () => endUpkeep?.())
    // The upkeep may have found it lost at once.
    this.#assertAttached(transport)
    transport.listen({
      onFrame: (frame) => {
        this.#heard = true
        owner.onFrame(frame)
      },
      onPong: () => heartbeat.onPong(),
      onClose: (close) => {
        if (!isCurrent()) return
        if (this.#onTransportClosed !== null) this.#onTransportClosed(close)
        else this.#onLost(this.#failureOfClose(close))
      },
    })
    // It may have ended while it was authenticated, and says so as soon as it is listened to.
    this.#assertAttached(transport)
    if (this.#paused) transport.pause()
  }

  #startHeartbeat(transport: Transport, context: ConnectionContext, env: StrategyEnv): Heartbeat {
    const { strategy } = this.#options
    const { pingIntervalMs, pingTimeoutMs, pingMessage } = context
    const heartbeat = new Heartbeat({
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      clock: env.clock,
      ping: () => {
        if (strategy.heartbeat !== undefined) this.#tell('heartbeat', () => strategy.heartbeat?.(transport, env))
        else if (pingMessage !== null) transport.send(pingMessage)
        else transport.ping()
      },
      takeHeard: () => this.#takeHeard(),
      onDead: () =>
        this.fail(
          'timeout',
          new StreamError('ERR_CONNECTION_TIMEOUT', `The exchange did not answer a ping within ${pingTimeoutMs} ms.`),
        ),
    })
    heartbeat.suspend(this.#paused)
    heartbeat.start()
    return heartbeat
  }

  #takeHeard(): boolean {
    const heard = this.#heard
    this.#heard = false
    this.#delivered ||= heard
    return heard
  }

  #assertAttached(transport: Transport): void {
    if (this.#transport !== transport) throw this.#lastFailure?.error ?? this.#life.signal.reason
  }

  /** Nothing of the present transport reaches us any more. Returns how long it lasted, ms. */
  #detach(): number {
    const endUpkeep = this.#endUpkeep
    this.#endUpkeep = null
    this.#tell('maintain', () => endUpkeep?.())
    this.#attached?.abort(new StreamError('ERR_CONNECTION_CLOSED', 'The connection has ended.'))
    this.#attached = null
    this.#heartbeat?.stop()
    this.#heartbeat = null
    this.#proving?.cancel()
    this.#proving = null
    this.#transport?.listen(deaf)
    this.#transport = null
    this.#pacer.clear()
    return this.#record.disconnected()
  }

  #onLost(failure: Failure): void {
    const lastedMs = this.#detach()
    if (this.#life.signal.aborted) return
    this.#lastFailure = failure
    this.#record.lost()
    this.#takeHeard()
    this.#plan.lost({ delivered: this.#delivered, lastedMs })
    this.#options.env.log.warn({ event: 'connection-lost', kind: failure.kind, code: failure.error.code })
    if (this.#goesOn) this.#enter(ConnectionState.Reconnecting)
    this.#options.owner.onLost(failure)
    // The state is told last: whoever hears of it must not find anything said to be live.
    if (this.#goesOn) this.#startReconnecting(failure)
  }

  #startReconnecting(failure: Failure): void {
    this.#reconnecting ??= this.#reconnect(failure).finally(() => {
      this.#reconnecting = null
      // Restored, and lost again before that could be noted.
      const isLost = this.#state === ConnectionState.Reconnecting && !this.#life.signal.aborted
      if (isLost && this.#lastFailure !== null) this.#startReconnecting(this.#lastFailure)
    })
  }

  async #reconnect(first: Failure): Promise<void> {
    const { owner, env } = this.#options
    const { clock, log } = env
    let failure = first
    while (!this.#life.signal.aborted) {
      const { error } = failure
      const delayMs = this.#goesOnAfter(failure) ? this.#nextDelayMs(failure) : null
      if (delayMs === null) {
        this.#giveUp(error)
        return
      }
      const { attempts: attempt } = this.#plan
      this.#announce(error, { attempt, delayMs, nextAttemptAt: clock.now() + delayMs })
      // Whoever was told may have closed it.
      if (this.#life.signal.aborted) return
      try {
        if (delayMs > 0) await sleep(clock, delayMs, this.#life.signal)
        this.#begin(error)
        this.#life.signal.throwIfAborted()
        const isFirst = !this.#wasUp
        await this.#establish()
        this.#plan.recovered()
        if (isFirst) this.#record.began()
        else log.info({ event: 'recovered', recoveryMs: this.#record.recovered() })
        this.#prove()
        return
      } catch (thrown) {
        if (this.#life.signal.aborted) return
        failure = this.#failureOf(thrown)
        if (failure.kind === 'strategy') owner.onStrategyFault(failure.error)
        log.warn({ event: 'reconnect-failed', attempt, code: failure.error.code })
        this.#loseUnrestored(failure)
      }
    }
  }

  get #hasCredentials(): boolean {
    return this.#options.strategy.hasCredentials === true || this.#needsLogin
  }

  /**
   * Whether the strategy wants another attempt. One whose own code failed is not asked, since that, too, may have been a moment's; nor is it asked of a clock or a signing function, which
   * are mended, or of a refusal of somebody who says not who they are, which has the exchange's own reasons and passes.
   */
  #goesOnAfter({ kind, error }: Failure): boolean {
    if (passingKinds.has(kind) || (kind === 'authentication' && !this.#hasCredentials)) return true
    return this.#ask('shouldReconnect', () => this.#options.strategy.shouldReconnect(error), error.retryable)
  }

  /** Null where there is to be no further attempt, or none in the time that the user gave it. */
  #nextDelayMs(failure: Failure): number | null {
    const { reconnectTimeLimitMs: limitMs, env } = this.#options
    const nowMs = env.clock.now()
    this.#reconnectingSince ??= nowMs
    const leftMs = limitMs === 0 ? Number.POSITIVE_INFINITY : this.#reconnectingSince + limitMs - nowMs
    return this.#plan.next(failure, this.#policy, { hasCredentials: this.#hasCredentials, leftMs })
  }

  /** Says when the next attempt begins. While the breaker is open the connection counts as terminated until then. */
  #announce(
    reason: StreamError,
    attempt: { readonly attempt: number; readonly delayMs: number; readonly nextAttemptAt: number },
  ): void {
    const { owner, env } = this.#options
    this.#nextAttemptAt = attempt.nextAttemptAt
    if (this.#plan.breaker !== 'open') {
      env.log.info({ event: 'reconnecting', ...attempt })
      this.#tellState(reason, attempt)
      return
    }
    const error = circuitOpen(reason, this.#wasUp)
    env.log.warn({ event: 'breaker-open', ...attempt, code: reason.code })
    this.#moveTo(ConnectionState.Error, error, attempt)
    if (this.#toldOfBreaker) return
    this.#toldOfBreaker = true
    owner.onBreakerOpened(error)
  }

  /** The attempt that was announced begins. */
  #begin(reason: StreamError): void {
    const { clock, log } = this.#options.env
    this.#nextAttemptAt = null
    if (!this.#plan.begin()) return
    const { attempts: attempt } = this.#plan
    log.info({ event: 'breaker-half-open', attempt })
    this.#moveTo(ConnectionState.Reconnecting, reason, { attempt, delayMs: 0, nextAttemptAt: clock.now() })
  }

  /** The connection is up after a half-open attempt: the breaker closes once it has lasted. */
  #prove(): void {
    this.#reconnectingSince = null
    if (this.#plan.breaker === 'closed' || this.#transport === null) return
    const { clock, log } = this.#options.env
    this.#proving = clock.setTimer(provenAfterMs, () => {
      this.#proving = null
      this.#plan.proven()
      this.#toldOfBreaker = false
      log.info({ event: 'breaker-closed' })
      this.#tellState(null)
    })
  }

  /** The attempt opened a connection that could not be restored: who used it meanwhile hears of its end as of any other. */
  #loseUnrestored(failure: Failure): void {
    if (this.#transport === null) return
    this.#dropTransport()
    this.#enter(ConnectionState.Reconnecting)
    this.#options.owner.onLost(failure)
  }

  /** What made an attempt fail: the loss of its connection, which knows its kind, or an error. */
  #failureOf(thrown: unknown): Failure {
    const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
    return this.#lastFailure?.error === error ? this.#lastFailure : failureOfError(error, this.#classify(error))
  }

  #failureOfClose(close: TransportClose): Failure {
    return failureOfClose(close, this.#classify(close))
  }

  #classify(end: TransportClose | StreamError): FailureKind | null {
    return this.#ask('classify', () => this.#options.strategy.classify?.(end), null) ?? null
  }

  #dropTransport(): void {
    const transport = this.#transport
    if (transport === null) return
    this.#detach()
    transport.terminate()
  }

  #giveUp(cause: StreamError): void {
    const attempts = this.#plan.attempts
    const tried =
      attempts === 0 ? 'without another attempt' : `after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`
    const error = new StreamError(
      'ERR_RECONNECT_EXHAUSTED',
      `The connection was given up ${tried} to ${this.#wasUp ? 'restore' : 'make'} it.`,
      {
        context: { 'Last error': cause.code },
        hint: 'Create a new manager once the reason is mended.',
        cause,
      },
    )
    this.#givenUp = error
    this.#options.env.log.error({ event: 'reconnect-exhausted', attempt: attempts, code: cause.code })
    if (this.#told !== this.#state) this.#tellState(cause)
    this.#moveTo(ConnectionState.Error, error, attempts === 0 ? noAttempt : { ...noAttempt, attempt: attempts })
  }

  /** Asks a strategy; one that throws where it must not, or is asynchronous where its answer is needed at once, is reported and does not end the process. */
  #ask<Answer>(method: string, question: () => Answer, otherwise: Answer): Answer {
    try {
      const answer = question()
      if (!isPromise(answer)) return answer
      answer.then(undefined, () => {})
      this.#options.owner.onStrategyFault(
        invalidStrategy(`The adapter's ${method}() returned a promise: its answer is needed at once.`),
      )
    } catch (thrown) {
      this.#reportFault(method, thrown)
    }
    return otherwise
  }

  /** Has a strategy do something that nobody waits for; where it fails, at once or later, that is reported and does not end the process. */
  #tell(method: string, action: () => unknown): void {
    try {
      const returned = action()
      if (isPromise(returned)) returned.then(undefined, (thrown) => this.#reportFault(method, thrown))
    } catch (thrown) {
      this.#reportFault(method, thrown)
    }
  }

  #reportFault(method: string, thrown: unknown): void {
    this.#options.owner.onStrategyFault(invalidStrategy(`The adapter failed in ${method}().`, thrown))
  }

  #moveTo(state: ConnectionState, error: StreamError | null, attempt: RestoringAttempt = noAttempt): void {
    if (this.#enter(state)) this.#tellState(error, attempt)
  }

  /** Takes the state, where it may follow the present one. */
  #enter(state: ConnectionState): boolean {
    if (this.#state === state || !canTransition(this.#state, state)) return false
    this.#state = state
    return true
  }

  #tellState(error: StreamError | null, { attempt, delayMs, nextAttemptAt }: RestoringAttempt = noAttempt): void {
    const state = this.#state
    const previous = this.#told
    this.#told = state
    const { breaker } = this.#plan
    this.#options.owner.onStateChange({ state, previous, error, breaker, attempt, delayMs, nextAttemptAt })
  }
}

function circuitOpen(reason: StreamError, wasUp: boolean): StreamError {
  return new StreamError(
    'ERR_CIRCUIT_OPEN',
    `The connection could not be ${wasUp ? 'restored' : 'made'} in many attempts and is down for now.`,
    {
      context: { 'Last error': reason.code },
      hint: 'Nothing has to be done: attempts go on at an interval, and everything is restored once one succeeds.',
      cause: reason,
    },
  )
}

function notSent(): StreamError {
  return new StreamError('ERR_CONNECTION_CLOSED', 'A message was not sent: its connection has ended.', {
    hint: 'Wait until the connection is back, and send it again.',
  })
}

/** Kinds that are none of the exchange's word on who we are: whatever the strategy thinks of them, they pass. */
const passingKinds: ReadonlySet<FailureKind> = new Set(['strategy', 'clock-skew', 'signing'])

/** Listens for a transport that is no longer ours: nothing arrives from a dead socket. */
const deaf = { onFrame: () => {}, onPong: () => {}, onClose: () => {} }
