import { abortable } from '../clock/abortable.js'
import { sharedSignal } from '../clock/shared-signal.js'
import { within } from '../clock/within.js'
import { StreamError } from '../errors/stream-error.js'
import type { HeartbeatData } from '../model/message.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { Transport, TransportClose } from '../strategy/transport.js'
import type { ConnectionOptions } from './connection-options.js'
import { Heartbeat } from './heartbeat.js'
import type { StrategyCalls } from './strategy-calls.js'

/** What a transport is attached with, and who hears of its end. */
export interface AttachmentParts {
  readonly options: Pick<ConnectionOptions, 'strategy' | 'owner' | 'env'>
  readonly calls: StrategyCalls
  readonly transport: Transport
  readonly context: ConnectionContext
  /** The strategy's upkeep found that it is lost. */
  onLost(error: StreamError): void
  /** Nothing arrived after a ping. */
  onDead(error: StreamError): void
  onClose(close: TransportClose): void
}

/** One transport, for as long as it is its connection's: what keeps it alive, and what it has brought. Nothing is heard of it once it has ended. */
export class Attachment {
  readonly transport: Transport
  readonly #parts: AttachmentParts
  /** Ends what was begun for it. */
  readonly #life = new AbortController()
  readonly #env: StrategyEnv
  readonly #heartbeat: Heartbeat
  #endUpkeep: (() => void) | null = null
  /** Whether a frame has arrived since `takeHeard` was last asked, and whether one had before. */
  #heard = false
  readonly #begunAt: number
  /** When anything arrived last, epoch ms. No whole number: from the beginning V8 keeps a double in it, which each frame changes in place and does not allocate anew. */
  #heardAt = 0.5
  #delivered = false

  constructor(parts: AttachmentParts) {
    this.#parts = parts
    this.transport = parts.transport
    this.#env = { ...parts.options.env, signal: sharedSignal(this.#life.signal) }
    this.#begunAt = this.#env.clock.now()
    this.#heardAt = this.#begunAt
    this.#heartbeat = this.#makeHeartbeat()
  }

  /** When anything arrived last, epoch ms. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** Until when it was there, should its socket tell its end now, epoch ms: until now, but where nothing at all came for longer than its ping interval. */
  get heardUntil(): number {
    const { context } = this.#parts
    const now = this.#env.clock.now()
    const isDoubtful = context.pingIntervalMs > 0 && now - this.#heardAt > context.pingIntervalMs
    return isDoubtful ? this.#heardAt : now
  }

  /** What the exchange had sent by then has arrived, however long it took, epoch ms: when the last ping was sent that was answered, or else when the transport was attached. */
  get arrivedUntil(): number {
    return this.#heartbeat.answeredAt ?? this.#begunAt
  }

  /** Whether a frame has ever arrived. */
  get hasDelivered(): boolean {
    return this.#delivered || this.#heard
  }

  /** Keeps it alive, and listens to it: it may end meanwhile, since the upkeep may find it lost at once, and it tells an earlier end as soon as it is listened to. */
  begin(isPaused: boolean): void {
    const { options, calls, context, onLost, onClose } = this.#parts
    const { strategy, owner } = options
    this.#heartbeat.suspend(isPaused)
    this.#heartbeat.start()
    const takeOver = (reason: string): void => {
      if (!this.#isEnded) owner.onTakeOverWanted(reason)
    }
    const lost = (error: StreamError): void => {
      if (!this.#isEnded) onLost(error)
    }
    const upkeep = (): (() => void) | null => strategy.maintain?.(context, this.#env, takeOver, lost) ?? null
    this.#endUpkeep = calls.ask('maintain', upkeep, null)
    if (this.#isEnded) {
      this.#stopUpkeep()
      return
    }
    this.transport.listen({
      onFrame: (frame) => {
        this.#heard = true
        this.#heardAt = frame.receivedAt
        owner.onFrame(frame)
      },
      onPong: () => {
        this.#heardAt = this.#env.clock.now()
        this.#heartbeat.onPong()
      },
      onClose: (close) => {
        if (!this.#isEnded) onClose(close)
      },
    })
  }

  /** A frame came before it was listened to. */
  noteFrame(): void {
    this.#heard = true
  }

  /** The exchange answered a ping, or sent one of its own. */
  onHeartbeat(kind: HeartbeatData['kind']): void {
    if (kind === 'pong') this.#heartbeat.onPong()
    else this.#heartbeat.onLife()
  }

  /** Has the strategy look whether it has brought everything; where it has not, it is lost by then. Never rejects. */
  async lookOnceMore(timeoutMs: number): Promise<void> {
    const { options, calls, context } = this.#parts
    const { strategy } = options
    if (strategy.lookOnceMore === undefined || this.#isEnded) return
    const limits = { clock: this.#env.clock, signal: this.#life.signal, timeoutMs, timeoutError: lookedTooLong }
    await within(limits, (signal) => {
      const looked = calls.finish('lookOnceMore', () => strategy.lookOnceMore?.(context, { ...this.#env, signal }))
      return abortable(looked, signal)
    }).catch(() => {})
  }

  /** Stops or resumes reading. */
  setPaused(paused: boolean): void {
    this.#heartbeat.suspend(paused)
    if (paused) this.transport.pause()
    else this.transport.resume()
  }

  /** No more pings are sent. */
  stopPinging(): void {
    this.#heartbeat.stop()
  }

  /** Nothing of it reaches anybody any more; the transport itself is left as it is. */
  end(): void {
    this.#stopUpkeep()
    this.#life.abort(new StreamError('ERR_CONNECTION_CLOSED', 'The connection has ended.'))
    this.#heartbeat.stop()
    this.transport.listen(deaf)
  }

  get #isEnded(): boolean {
    return this.#life.signal.aborted
  }

  #stopUpkeep(): void {
    const endUpkeep = this.#endUpkeep
    this.#endUpkeep = null
    this.#parts.calls.tell('maintain', () => endUpkeep?.())
  }

  #makeHeartbeat(): Heartbeat {
    const { options, calls, transport, context, onDead } = this.#parts
    const { strategy } = options
    const env = this.#env
    const { pingIntervalMs, pingTimeoutMs, pingMessage } = context
    return new Heartbeat({
      intervalMs: pingIntervalMs,
      timeoutMs: pingTimeoutMs,
      clock: env.clock,
      ping: () => {
        if (strategy.heartbeat !== undefined) calls.tell('heartbeat', () => strategy.heartbeat?.(transport, env))
        else if (pingMessage !== null) transport.send(pingMessage)
        else transport.ping()
      },
      takeHeard: () => this.takeHeard(),
      onDead: () => onDead(pingNotAnswered(pingTimeoutMs)),
    })
  }

  /** Whether a frame has arrived since this was last asked. */
  takeHeard(): boolean {
    const heard = this.#heard
    this.#heard = false
    this.#delivered ||= heard
    return heard
  }
}

function pingNotAnswered(pingTimeoutMs: number): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `The exchange did not answer a ping within ${pingTimeoutMs} ms.`)
}

/** Nobody hears it: what cannot be known in time is not known. */
function lookedTooLong(): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', 'Whether a connection had brought everything was not known in time.')
}

/** Listens for a transport that is no longer ours: nothing arrives from a dead socket. */
const deaf = { onFrame: () => {}, onPong: () => {}, onClose: () => {} }
