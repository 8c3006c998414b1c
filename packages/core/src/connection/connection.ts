import { sleep } from '../clock/sleep.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { ConnectionState, canTransition } from '../model/connection-state.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ConnectionContext, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Transport } from '../strategy/transport.js'
import { abortable } from './abortable.js'
import { connectOnce } from './connect-once.js'
import { type ConnectionOptions, withOverrides } from './connection-options.js'
import { type ConnectionCounters, ConnectionRecord } from './connection-record.js'
import { type Failure, failureOfClose, failureOfError } from './failure.js'
import { Heartbeat } from './heartbeat.js'
import { RetryPlan } from './retry-plan.js'
import { SendPacer } from './send-pacer.js'

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
  #transport: Transport | null = null
  #heartbeat: Heartbeat | null = null
  #endUpkeep: (() => void) | null = null
  /** Whether the first attempt succeeded: only then is a loss followed by another attempt. */
  #opened = false
  #paused = false
  /** Whether the present transport has delivered a frame. */
  #delivered = false
  #lastFailure: Failure | null = null
  #reconnecting: Promise<void> | null = null
  #onTransportClosed: (() => void) | null = null
  #closing: Promise<void> | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#policy = options.policy
    this.#pacer = new SendPacer(options.clientMessagesPerSecond, options.clock)
    this.#record = new ConnectionRecord(options.clock)
    this.#plan = new RetryPlan(options.random)
  }

  get state(): ConnectionState {
    return this.#state
  }

  get counters(): ConnectionCounters {
    return this.#record.counters
  }

  /**
   * The first attempt. Resolves once the owner's `onOpen` has; a failure is not retried, so that a wrong URL is known at once.
   * Rejects with the attempt's `StreamError`.
   */
  async open(): Promise<void> {
    this.#moveTo(ConnectionState.Connecting, null)
    try {
      await this.#establish()
    } catch (thrown) {
      const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
      // Once it is closing, the transport is ended by the handshake that close() waits for.
      if (!this.#life.signal.aborted) this.#dropTransport()
      this.#moveTo(ConnectionState.Error, error)
      throw error
    }
  }

  /** Sends as soon as the venue's message rate allows. What still waits when the connection is lost is dropped: the ledger asks again. */
  send(payload: string | Uint8Array, onSent: () => void = () => {}): void {
    this.#pacer.schedule(() => {
      this.#transport?.send(payload)
      onSent()
    })
  }

  /** Gives the connection up and makes a new one, as after a failure of that kind. */
  fail(kind: FailureKind, error: StreamError): void {
    const transport = this.#transport
    if (transport === null || this.#life.signal.aborted) return
    this.#onLost({ kind, error })
    transport.terminate()
  }

  /** A HEARTBEAT message arrived. */
  onPong(): void {
    this.#heartbeat?.onPong()
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
    await this.#closeTransport()
    await this.#reconnecting
    this.#detach()
    this.#moveTo(ConnectionState.Closed, null)
  }

  async #closeTransport(): Promise<void> {
    const transport = this.#transport
    if (transport === null) return
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(this.#options.closeTimeoutMs, () => {
        transport.terminate()
        resolve()
      })
      this.#onTransportClosed = () => {
        timer.cancel()
        resolve()
      }
      transport.close(1000)
    })
  }

  async #establish(): Promise<void> {
    const { owner, log } = this.#options
    const { transport, context } = await connectOnce(this.#options, this.#life.signal, (context) => {
      this.#policy = withOverrides(this.#options.policy, context)
    })
    if (this.#life.signal.aborted) transport.terminate()
    this.#life.signal.throwIfAborted()
    this.#attach(transport, context)
    this.#moveTo(ConnectionState.Connected, null)
    log.debug({ event: 'connected' })
    this.#life.signal.throwIfAborted()
    await abortable(owner.onOpen(), this.#life.signal)
    // The read of the socket that let onOpen resolve may have brought the end as well.
    this.#assertAttached(transport)
    this.#opened = true
  }

  #attach(transport: Transport, context: ConnectionContext): void {
    const { strategy, owner } = this.#options
    this.#transport = transport
    this.#delivered = false
    this.#record.connected()
    this.#heartbeat = this.#startHeartbeat(transport, context)
    const isCurrent = (): boolean => this.#transport === transport
    this.#endUpkeep =
      strategy.maintain?.(context, (reason) => {
        if (isCurrent()) owner.onReplaceWanted(reason)
      }) ?? null
    transport.listen({
      onFrame: (frame) => {
        this.#delivered = true
        owner.onFrame(frame)
      },
      onPong: () => {},
      onClose: (close) => {
        if (!isCurrent()) return
        if (this.#onTransportClosed !== null) this.#onTransportClosed()
        else this.#onLost(failureOfClose(close, this.#ask(() => strategy.classify?.(close), null) ?? null))
      },
    })
    // It may have ended while it was authenticated, and says so as soon as it is listened to.
    this.#assertAttached(transport)
    if (this.#paused) transport.pause()
  }

  #startHeartbeat(transport: Transport, { pingIntervalMs, pingTimeoutMs }: ConnectionContext): Heartbeat {
    const { strategy, clock } = this.#options
    const heartbeat = new Heartbeat({
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      clock,
      ping: () => this.#ask(() => strategy.heartbeat(transport), undefined),
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

  #assertAttached(transport: Transport): void {
    if (this.#transport !== transport) throw this.#lastFailure?.error ?? this.#life.signal.reason
  }

  /** Nothing of the present transport reaches us any more. Returns how long it lasted, ms. */
  #detach(): number {
    const endUpkeep = this.#endUpkeep
    this.#endUpkeep = null
    this.#ask(() => endUpkeep?.(), undefined)
    this.#heartbeat?.stop()
    this.#heartbeat = null
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
    this.#plan.lost({ delivered: this.#delivered, lastedMs })
    this.#options.log.warn({ event: 'connection-lost', kind: failure.kind, code: failure.error.code })
    // Told last: whoever hears of it must not find anything said to be live.
    const announce = this.#opened ? this.#enter(ConnectionState.Reconnecting) : null
    this.#options.owner.onLost(failure)
    announce?.(failure.error)
    if (this.#opened) this.#startReconnecting(failure)
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
    const { strategy, clock, log } = this.#options
    let failure = first
    while (!this.#life.signal.aborted) {
      const { error } = failure
      const goesOn = this.#ask(() => strategy.shouldReconnect(error), error.retryable)
      const delayMs = goesOn ? this.#plan.next(failure, this.#policy) : null
      if (delayMs === null) {
        this.#giveUp(error)
        return
      }
      const attempt = this.#plan.attempts
      log.info({ event: 'reconnecting', attempt, delayMs })
      try {
        if (delayMs > 0) await sleep(clock, delayMs, this.#life.signal)
        await this.#establish()
        this.#plan.recovered()
        log.info({ event: 'recovered', recoveryMs: this.#record.recovered() })
        return
      } catch (thrown) {
        if (this.#life.signal.aborted) return
        failure = this.#failureOf(thrown)
        log.warn({ event: 'reconnect-failed', attempt, code: failure.error.code })
        this.#dropTransport()
      }
    }
  }

  /** What made an attempt fail: the loss of its connection, which knows its kind, or an error. */
  #failureOf(thrown: unknown): Failure {
    const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
    return this.#lastFailure?.error === error ? this.#lastFailure : failureOfError(error)
  }

  #dropTransport(): void {
    const transport = this.#transport
    if (transport === null) return
    this.#detach()
    transport.terminate()
  }

  #giveUp(cause: StreamError): void {
    const attempts = this.#plan.attempts
    const error = new StreamError(
      'ERR_RECONNECT_EXHAUSTED',
      `The connection was given up after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`} to restore it.`,
      {
        context: { 'Last error': cause.code },
        hint: 'Create a new manager once the reason is mended; raise maxReconnectAttempts to try longer.',
        cause,
      },
    )
    this.#options.log.error({ event: 'reconnect-exhausted', code: cause.code })
    this.#moveTo(ConnectionState.Error, error)
  }

  /** Asks a strategy; one that throws where it must not is put on record and does not end the process. */
  #ask<Answer>(question: () => Answer, otherwise: Answer): Answer {
    try {
      return question()
    } catch (thrown) {
      this.#options.log.error({ event: 'strategy-failed', error: String(thrown) })
      return otherwise
    }
  }

  #moveTo(state: ConnectionState, error: StreamError | null): void {
    this.#enter(state)?.(error)
  }

  /** Takes the state; returns what tells the owner, null where the state stays as it is. */
  #enter(state: ConnectionState): ((error: StreamError | null) => void) | null {
    const previous = this.#state
    if (previous === state || !canTransition(previous, state)) return null
    this.#state = state
    return (error) => this.#options.owner.onStateChange({ state, previous, error })
  }
}

/** Listens for a transport that is no longer ours: nothing arrives from a dead socket. */
const deaf = { onFrame: () => {}, onPong: () => {}, onClose: () => {} }
