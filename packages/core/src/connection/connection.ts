import { abortable } from '../clock/abortable.js'
import { sleep } from '../clock/sleep.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { BreakerState } from '../model/breaker-state.js'
import { ConnectionState } from '../model/connection-state.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { HeartbeatData } from '../model/message.js'
import type { ConnectionContext, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Transport, TransportClose } from '../strategy/transport.js'
import { Attachment } from './attachment.js'
import { Attempts } from './attempts/attempts.js'
import { RetryPlan } from './attempts/retry-plan.js'
import { type ConnectionOptions, withOverrides } from './connection-options.js'
import { type ConnectionCounters, ConnectionRecord } from './connection-record.js'
import { ConnectionSteps } from './connection-steps.js'
import { type Failure, failureOfClose, failureOfError } from './failure.js'
import { connectOnce } from './opening/connect-once.js'
import { HeldPermit } from './opening/held-permit.js'
import { SendPacer } from './send-pacer.js'
import { StrategyCalls } from './strategy-calls.js'
import { maxUnsentBytes, readsNothing } from './unsent.js'

/**
 * One connection's life: connect, authenticate, keep alive, notice the end, try again. It knows nothing of subscriptions: its owner is told when it is open, and restores them.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #pacer: SendPacer
  readonly #record: ConnectionRecord
  readonly #calls: StrategyCalls
  readonly #steps: ConnectionSteps
  readonly #attempts: Attempts
  /** Null where nobody has to be asked. */
  readonly #permit: HeldPermit | null
  #policy: ReconnectionPolicy
  /** Ends everything that waits, when closed. */
  readonly #life = new AbortController()
  #attached: Attachment | null = null
  /** When anything arrived last on the one before, until when it was there, and what it had sent until when, epoch ms. */
  #heardAt = 0
  #heardUntil = 0
  #arrivedUntil = 0
  /** When the present socket was opened, or the one that was lost, epoch ms. */
  #openedAt = 0
  /** Whether a loss is followed by another attempt: once it was up, or where the first one is to be retried. */
  #goesOn = false
  #needsLogin = false
  #wasUp = false
  #paused = false
  #lastFailure: Failure | null = null
  #reconnecting: Promise<void> | null = null
  #givenUp: StreamError | null = null
  #onTransportClosed: ((close: TransportClose) => void) | null = null
  #wasCutShort = false
  #closing: Promise<void> | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#policy = options.policy
    const { owner, env, times, breakerIntervalMs } = options
    const { clock, random } = env
    this.#pacer = new SendPacer(options.clientMessagesPerSecond, clock)
    this.#record = new ConnectionRecord(clock, times)
    this.#calls = new StrategyCalls((error) => owner.onStrategyFault(error))
    const plan = new RetryPlan({ random, breakerIntervalMs })
    this.#steps = new ConnectionSteps(plan, owner)
    this.#attempts = new Attempts(options, plan, this.#steps)
    this.#permit = options.permit === null ? null : new HeldPermit(options.permit, options)
  }

  get state(): ConnectionState {
    return this.#steps.state
  }

  get breaker(): BreakerState {
    return this.#attempts.breaker
  }

  /** Whether it broke while it was being closed, or was dead already: what the exchange had sent by then may not have arrived. */
  get wasCutShort(): boolean {
    return this.#wasCutShort
  }

  /** When anything arrived last, on the present socket or on the one that was lost, epoch ms; 0 before the first. */
  get heardAt(): number {
    return this.#attached?.heardAt ?? this.#heardAt
  }

  /** Until when the socket that was lost had been there, should it have told its end itself, epoch ms; 0 before the first. */
  get heardUntil(): number {
    return this.#heardUntil
  }

  /** What the exchange had sent by then on the present socket, or on the one that was lost, has arrived, epoch ms; 0 before the first. */
  get arrivedUntil(): number {
    return this.#attached?.arrivedUntil ?? this.#arrivedUntil
  }

  /** When the present socket was opened, or the one that was lost, epoch ms; 0 before the first. */
  get openedAt(): number {
    return this.#openedAt
  }

  /** When the next attempt begins, epoch ms; null while none waits. */
  get nextAttemptAt(): number | null {
    return this.#attempts.nextAttemptAt
  }

  get counters(): ConnectionCounters {
    return this.#record.counters
  }

  /**
   * The first attempt. Resolves once the owner's `onOpen` has. A failure is not retried, so that a wrong URL is known at once, unless `retry` asks for it: then it is
   * followed by attempts as a loss is. Rejects with the attempt's `StreamError`, or `ERR_RECONNECT_EXHAUSTED` where it was given up.
   */
  async open(retry = false): Promise<void> {
    this.#steps.moveTo(ConnectionState.Connecting, null)
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
      if (!isClosing) this.#permit?.end()
      this.#steps.moveTo(ConnectionState.Error, error)
      throw error
    }
  }

  /** Settles once the connection is up or there are no more attempts. */
  async #retryFirst(failure: Failure): Promise<void> {
    const { owner, env } = this.#options
    const { kind, error } = failure
    env.log.warn({ event: 'connect-failed', kind, code: error.code, err: error })
    if (kind === 'strategy') owner.onStrategyFault(error)
    this.#goesOn = true
    if (this.#attached === null) this.#steps.enter(ConnectionState.Reconnecting)
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
    const transport = this.#attached?.transport
    if (transport === undefined) return false
    const { bufferedBytes } = transport
    if (!(bufferedBytes > maxUnsentBytes)) return transport.send(payload)
    this.fail('timeout', readsNothing(bufferedBytes))
    return false
  }

  /** Gives the connection up and makes a new one, as after a failure of that kind. */
  fail(kind: FailureKind, error: StreamError): void {
    const attached = this.#attached
    if (attached === null || this.#life.signal.aborted) return
    this.#onLost({ kind, error })
    attached.transport.terminate()
  }

  /** As `Attachment.lookOnceMore`. */
  async lookOnceMore(timeoutMs: number): Promise<void> {
    await this.#attached?.lookOnceMore(timeoutMs)
  }

  /** As `Attempts.putOff`. */
  putOff(until: number): void {
    this.#attempts.putOff(until)
  }

  /** A HEARTBEAT message arrived. What it wants as an answer is sent at once: it must not wait behind what is paced. */
  onHeartbeat({ kind, reply }: HeartbeatData): void {
    this.#attached?.onHeartbeat(kind)
    if (reply !== null) this.#sendNow(reply)
  }

  /** Stops or resumes reading the socket. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#attached?.setPaused(paused)
  }

  /** Ends the connection for good: a close handshake, and the end of the socket where that takes too long. Idempotent; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#steps.moveTo(ConnectionState.Closing, null)
    this.#life.abort(new StreamError('ERR_CLOSED', 'The connection was closed.'))
    this.#pacer.clear()
    this.#attached?.stopPinging()
    this.#attempts.close()
    await this.#closeTransport()
    await this.#reconnecting
    this.#detach()
    this.#permit?.end()
    this.#options.tap.end()
    this.#steps.moveTo(ConnectionState.Closed, null)
  }

  async #closeTransport(): Promise<void> {
    const attached = this.#attached
    if (attached === null) return
    const { transport } = attached
    attached.takeHeard()
    await new Promise<void>((resolve) => {
      const timer = this.#options.env.clock.setTimer(this.#options.closeTimeoutMs, () => {
        // Neither an answer nor anything else: nobody may have been there for a while.
        this.#wasCutShort = !attached.takeHeard()
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
    if (this.#permit !== null) await this.#permit.attempt(this.#life.signal)
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
    const attached = this.#attach(transport, context)
    this.#steps.moveTo(ConnectionState.Connected, null)
    env.log.debug({ event: 'connected', attempt: this.#attempts.count })
    this.#life.signal.throwIfAborted()
    const opened = owner.onOpen()
    // The transport delivers nothing from within listen(), so these still come first.
    for (const { frame, messages } of kept) {
      if (this.#attached !== attached) break
      attached.noteFrame()
      if (messages === null) owner.onFrame(frame)
      else owner.onReadFrame(frame, messages)
    }
    await abortable(opened, this.#life.signal)
    // The read of the socket that let onOpen resolve may have brought the end as well.
    this.#assertAttached(attached)
    this.#goesOn = true
    this.#wasUp = true
  }

  #attach(transport: Transport, context: ConnectionContext): Attachment {
    const attached = new Attachment({
      options: this.#options,
      calls: this.#calls,
      transport,
      context,
      onLost: (thrown) => {
        const { kind, error } = this.#failureOf(thrown)
        this.fail(kind, error)
      },
      onDead: (error) => this.fail('timeout', error),
      onClose: (close) => {
        if (this.#onTransportClosed !== null) this.#onTransportClosed(close)
        else this.#onLost(this.#failureOfClose(close))
      },
    })
    this.#attached = attached
    this.#openedAt = this.#options.env.clock.now()
    this.#record.connected()
    attached.begin(this.#paused)
    this.#assertAttached(attached)
    if (this.#paused) transport.pause()
    return attached
  }

  #assertAttached(attached: Attachment): void {
    if (this.#attached !== attached) throw this.#lastFailure?.error ?? this.#life.signal.reason
  }

  /** Nothing of the present transport reaches us any more. Returns how long it lasted, ms. */
  #detach(): number {
    const attached = this.#attached
    attached?.end()
    this.#heardAt = this.heardAt
    this.#heardUntil = attached?.heardUntil ?? this.#heardUntil
    this.#arrivedUntil = this.arrivedUntil
    this.#attached = null
    this.#attempts.stopProving()
    this.#pacer.clear()
    return this.#record.disconnected()
  }

  #onLost(failure: Failure): void {
    const delivered = this.#attached?.hasDelivered ?? false
    const lastedMs = this.#detach()
    if (this.#life.signal.aborted) return
    this.#lastFailure = failure
    this.#record.lost()
    this.#attempts.lost({ delivered, lastedMs })
    const { kind, error } = failure
    this.#options.env.log.warn({ event: 'connection-lost', kind, code: error.code, err: error })
    if (this.#goesOn) this.#steps.enter(ConnectionState.Reconnecting)
    this.#options.owner.onLost(failure)
    // The state is told last: whoever hears of it must not find anything said to be live.
    if (this.#goesOn) this.#startReconnecting(failure)
  }

  #startReconnecting(failure: Failure): void {
    this.#reconnecting ??= this.#reconnect(failure).finally(() => {
      this.#reconnecting = null
      // Restored, and lost again before that could be noted.
      const isLost = this.state === ConnectionState.Reconnecting && !this.#life.signal.aborted
      if (isLost && this.#lastFailure !== null) this.#startReconnecting(this.#lastFailure)
    })
  }

  async #reconnect(first: Failure): Promise<void> {
    const { owner, env } = this.#options
    let failure = first
    while (!this.#life.signal.aborted) {
      const { error } = failure
      const restored = { hasCredentials: this.#hasCredentials, wasUp: this.#wasUp }
      const delayMs = this.#goesOnAfter(failure) ? this.#attempts.next(failure, this.#policy, restored) : null
      if (delayMs === null) {
        this.#permit?.end()
        this.#givenUp = this.#attempts.giveUp(error, this.#wasUp)
        return
      }
      // Whoever was told may have closed it.
      if (this.#life.signal.aborted) return
      try {
        if (delayMs > 0) await sleep(env.clock, delayMs, this.#life.signal)
        this.#attempts.begin(error)
        this.#life.signal.throwIfAborted()
        const isFirst = !this.#wasUp
        await this.#establish()
        if (isFirst) this.#record.began()
        else env.log.info({ event: 'recovered', attempt: this.#attempts.count, recoveryMs: this.#record.recovered() })
        this.#attempts.succeeded(this.#attached !== null)
        return
      } catch (thrown) {
        if (this.#life.signal.aborted) return
        failure = this.#failureOf(thrown)
        if (failure.kind === 'strategy') owner.onStrategyFault(failure.error)
        const { kind, error: err } = failure
        env.log.warn({ event: 'reconnect-failed', attempt: this.#attempts.count, kind, code: err.code, err })
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
    return this.#calls.ask('shouldReconnect', () => this.#options.strategy.shouldReconnect(error), error.retryable)
  }

  /** The attempt opened a connection that could not be restored: who used it meanwhile hears of its end as of any other. */
  #loseUnrestored(failure: Failure): void {
    if (this.#attached === null) return
    this.#dropTransport()
    this.#steps.enter(ConnectionState.Reconnecting)
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
    return this.#calls.ask('classify', () => this.#options.strategy.classify?.(end), null) ?? null
  }

  #dropTransport(): void {
    const attached = this.#attached
    if (attached === null) return
    this.#detach()
    attached.transport.terminate()
  }
}

function notSent(): StreamError {
  return new StreamError('ERR_CONNECTION_CLOSED', 'A message was not sent: its connection has ended.', {
    hint: 'Wait until the connection is back, and send it again.',
  })
}

/** Kinds that are none of the exchange's word on who we are: whatever the strategy thinks of them, they pass. */
const passingKinds: ReadonlySet<FailureKind> = new Set(['strategy', 'clock-skew', 'signing', 'not-permitted'])
