import type { Logger } from 'pino'
import type { Clock } from '../clock/clock.js'
import { sleep } from '../clock/sleep.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import { ConnectionState, canTransition } from '../model/connection-state.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import type { ConnectionContext, ConnectionStrategy, ReconnectionPolicy } from '../strategy/connection-strategy.js'
import type { Transport } from '../strategy/transport.js'
import { type Failure, failureOfClose, failureOfError } from './failure.js'
import { Heartbeat } from './heartbeat.js'
import { maxAuthenticationAttempts, retryDelayMs } from './retry-delay.js'
import { SendPacer } from './send-pacer.js'

/** Who owns a connection, and what it is told. */
export interface ConnectionOwner {
  onFrame(frame: InboundFrame): void
  /** Open and authenticated. Once this resolves the connection is ready; a rejection counts as a failure of the connection. */
  onOpen(): Promise<void>
  /** The transport is gone; another attempt follows unless the state says otherwise. */
  onLost(failure: Failure): void
  onStateChange(change: ConnectionStateChange): void
  /** The strategy asks for a new connection to take over. */
  onReplaceWanted(reason: string): void
}

/** One step of the state machine; `error` is why, where the step was not asked for. */
export interface ConnectionStateChange {
  readonly state: ConnectionState
  readonly previous: ConnectionState
  readonly error: StreamError | null
}

export interface ConnectionOptions {
  readonly strategy: ConnectionStrategy
  readonly owner: ConnectionOwner
  readonly policy: ReconnectionPolicy
  readonly connectTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly clientMessagesPerSecond: number
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
}

/** Counters of one connection. Durations in ms. */
export interface ConnectionCounters {
  readonly reconnections: number
  readonly failures: number
  /** From the loss to ready again. */
  readonly lastRecoveryMs: number | null
  readonly maxRecoveryMs: number | null
  /** Epoch ms since which it has been connected; null while it is not. */
  readonly connectedSince: number | null
  readonly connectedMs: number
}

/**
 * One connection's life: connect, authenticate, keep alive, notice the end, try again. It knows nothing of subscriptions: its owner is told when it is open, and restores them.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #pacer: SendPacer
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
  #attempts = 0
  #lostAt: number | null = null
  #connectedSince: number | null = null
  #connectedMs = 0
  #reconnections = 0
  #failures = 0
  #lastRecoveryMs: number | null = null
  #maxRecoveryMs: number | null = null
  #reconnecting: Promise<void> | null = null
  #onTransportClosed: (() => void) | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#policy = options.policy
    this.#pacer = new SendPacer(options.clientMessagesPerSecond, options.clock)
  }

  get state(): ConnectionState {
    return this.#state
  }

  get counters(): ConnectionCounters {
    return {
      reconnections: this.#reconnections,
      failures: this.#failures,
      lastRecoveryMs: this.#lastRecoveryMs,
      maxRecoveryMs: this.#maxRecoveryMs,
      connectedSince: this.#connectedSince,
      connectedMs:
        this.#connectedMs + (this.#connectedSince === null ? 0 : this.#options.clock.now() - this.#connectedSince),
    }
  }

  /**
   * The first attempt. Resolves once the owner's `onOpen` has; a failure is not retried, so that a wrong URL is known at once.
   * Rejects with the attempt's `StreamError`.
   */
  async open(): Promise<void> {
    this.#moveTo(ConnectionState.Connecting, null)
    try {
      await this.#establish()
      this.#opened = true
    } catch (thrown) {
      const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
      this.#dropTransport()
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
    if (transport === null) return
    this.#detach()
    transport.terminate()
    this.#onLost({ kind, error })
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

  /** Ends the connection for good: a close handshake, and the end of the socket where that takes too long. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === ConnectionState.Closed || this.#state === ConnectionState.Closing) return
    this.#moveTo(ConnectionState.Closing, null)
    this.#life.abort(new StreamError('ERR_CLOSED', 'The connection was closed.'))
    this.#pacer.clear()
    this.#heartbeat?.stop()
    await this.#closeTransport()
    await this.#reconnecting?.catch(() => {})
    this.#detach()
    this.#moveTo(ConnectionState.Closed, null)
  }

  async #closeTransport(): Promise<void> {
    const transport = this.#transport
    if (transport === null) return
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(this.#options.closeTimeoutMs, () => transport.terminate())
      this.#onTransportClosed = () => {
        timer.cancel()
        resolve()
      }
      transport.close(1000)
    })
  }

  async #establish(): Promise<void> {
    const { strategy, owner, clock, connectTimeoutMs, log } = this.#options
    const attempt = new AbortController()
    const timer = clock.setTimer(connectTimeoutMs, () =>
      attempt.abort(
        new StreamError('ERR_CONNECTION_TIMEOUT', `No connection within ${connectTimeoutMs} ms.`, {
          hint: 'Raise connectTimeoutMs, or look at the network between here and the exchange.',
        }),
      ),
    )
    const signal = AbortSignal.any([attempt.signal, this.#life.signal])
    let transport: Transport
    let context: ConnectionContext
    try {
      context = await abortable(strategy.context(signal), signal)
      this.#policy = withOverrides(this.#options.policy, context)
      transport = await abortable(strategy.connect(context, signal), signal, (late) => late.terminate())
      try {
        await abortable(strategy.authenticate(transport, context, signal), signal)
      } catch (thrown) {
        transport.terminate()
        throw thrown
      }
    } finally {
      timer.cancel()
    }
    this.#attach(transport, context)
    this.#moveTo(ConnectionState.Connected, null)
    log.debug({ event: 'connected' })
    await owner.onOpen()
  }

  #attach(transport: Transport, context: ConnectionContext): void {
    const { strategy, owner, clock } = this.#options
    const { pingIntervalMs, pingTimeoutMs } = context
    this.#transport = transport
    this.#delivered = false
    this.#connectedSince = clock.now()
    const heartbeat = new Heartbeat({
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      clock,
      ping: () => strategy.heartbeat(transport),
      onDead: () =>
        this.fail(
          'timeout',
          new StreamError('ERR_CONNECTION_TIMEOUT', `The exchange did not answer a ping within ${pingTimeoutMs} ms.`),
        ),
    })
    heartbeat.suspend(this.#paused)
    heartbeat.start()
    this.#heartbeat = heartbeat
    transport.listen({
      onFrame: (frame) => {
        this.#delivered = true
        owner.onFrame(frame)
      },
      onPong: () => {},
      onClose: (close) => {
        if (this.#transport !== transport) return
        if (this.#onTransportClosed !== null) {
          this.#onTransportClosed()
          return
        }
        this.#detach()
        this.#onLost(failureOfClose(close, strategy.classify?.(close) ?? null))
      },
    })
    if (this.#paused) transport.pause()
    this.#endUpkeep = strategy.maintain?.(context, (reason) => owner.onReplaceWanted(reason)) ?? null
  }

  #detach(): void {
    this.#endUpkeep?.()
    this.#endUpkeep = null
    this.#heartbeat?.stop()
    this.#heartbeat = null
    this.#transport?.listen(deaf)
    this.#transport = null
    this.#pacer.clear()
    if (this.#connectedSince !== null) {
      this.#connectedMs += this.#options.clock.now() - this.#connectedSince
      this.#connectedSince = null
    }
  }

  #onLost(failure: Failure): void {
    if (this.#life.signal.aborted) return
    this.#failures += 1
    this.#lostAt ??= this.#options.clock.now()
    this.#options.log.warn({ event: 'connection-lost', kind: failure.kind, code: failure.error.code })
    if (this.#state === ConnectionState.Connected && this.#opened)
      this.#moveTo(ConnectionState.Reconnecting, failure.error)
    this.#options.owner.onLost(failure)
    if (!this.#opened) return
    this.#reconnecting ??= this.#reconnect(failure).finally(() => {
      this.#reconnecting = null
    })
  }

  async #reconnect(first: Failure): Promise<void> {
    const { strategy, clock, random, log } = this.#options
    let failure = first
    let wasStable = this.#delivered
    for (;;) {
      const policy = this.#policy
      if (failure.kind === 'closed-without-code' && policy.resetOn1005 && wasStable) this.#attempts = 0
      this.#attempts += 1
      const limit =
        failure.kind === 'authentication' ? Math.min(policy.maxAttempts, maxAuthenticationAttempts) : policy.maxAttempts
      if (this.#attempts > limit || !strategy.shouldReconnect(failure.error)) {
        this.#giveUp(failure.error)
        return
      }
      const delayMs = retryDelayMs(failure.kind, this.#attempts, wasStable, policy, random)
      log.info({ event: 'reconnecting', attempt: this.#attempts, delayMs })
      try {
        if (delayMs > 0) await sleep(clock, delayMs, this.#life.signal)
        await this.#establish()
        this.#onRecovered()
        return
      } catch (thrown) {
        if (this.#life.signal.aborted) return
        const error = toStreamError(thrown, 'ERR_CONNECTION_CLOSED', 'The connection could not be made.')
        log.warn({ event: 'reconnect-failed', attempt: this.#attempts, code: error.code })
        failure = failureOfError(error)
        wasStable = this.#delivered && this.#transport !== null
        this.#dropTransport()
      }
    }
  }

  #onRecovered(): void {
    this.#attempts = 0
    this.#reconnections += 1
    const recoveryMs = this.#options.clock.now() - (this.#lostAt ?? this.#options.clock.now())
    this.#lostAt = null
    this.#lastRecoveryMs = recoveryMs
    this.#maxRecoveryMs = Math.max(recoveryMs, this.#maxRecoveryMs ?? 0)
    this.#options.log.info({ event: 'recovered', recoveryMs })
  }

  #dropTransport(): void {
    const transport = this.#transport
    if (transport === null) return
    this.#detach()
    transport.terminate()
  }

  #giveUp(cause: StreamError): void {
    const error = new StreamError(
      'ERR_RECONNECT_EXHAUSTED',
      `The connection was given up after ${this.#attempts - 1} attempts to restore it.`,
      {
        context: { 'Last error': cause.code },
        hint: 'Create a new manager once the reason is mended; raise maxReconnectAttempts to try longer.',
        cause,
      },
    )
    this.#dropTransport()
    this.#options.log.error({ event: 'reconnect-exhausted', code: cause.code })
    this.#moveTo(ConnectionState.Error, error)
  }

  #moveTo(state: ConnectionState, error: StreamError | null): void {
    const previous = this.#state
    if (previous === state || !canTransition(previous, state)) return
    this.#state = state
    this.#options.owner.onStateChange({ state, previous, error })
  }
}

/** The promise, or the signal's reason if that comes first; `discard` then gets what comes too late. */
function abortable<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
  discard: (value: Value) => void = () => {},
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason)
      promise.then(discard, () => {})
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    promise.finally(settle).then(resolve, reject)
  })
}

/** What this venue asks for in place of the general settings. */
function withOverrides(policy: ReconnectionPolicy, context: ConnectionContext): ReconnectionPolicy {
  return {
    ...policy,
    ...(context.maxReconnectAttempts === null ? {} : { maxAttempts: context.maxReconnectAttempts }),
    ...(context.reconnectDelayMs === null ? {} : { initialDelayMs: context.reconnectDelayMs }),
  }
}

/** Listens for a transport that is no longer ours: nothing arrives from a dead socket. */
const deaf = { onFrame: () => {}, onPong: () => {}, onClose: () => {} }
