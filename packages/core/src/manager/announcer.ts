import { isPromise } from '../clock/is-promise.js'
import { type Log, showsWarnings } from '../config/logger.js'
import { handlerError } from '../errors/handler-error.js'
import type { StreamError } from '../errors/stream-error.js'
import { UnheardErrors } from '../errors/unheard-errors.js'
import { callbackOf, type ManagerEvent, type ManagerEvents, type WebSocketManagerOptions } from './manager-options.js'

/** Hears what the user is told. Must not throw. */
export type Overhear = <Event extends ManagerEvent>(event: Event, payload: ManagerEvents[Event]) => void

/** Who hears it besides: before the user does, or after. */
export interface Overhearing {
  readonly before: Overhear | null
  readonly after: Overhear | null
}

/** Tells the user's callbacks what happens beside messages. One that throws or rejects ends nothing, and is reported as an error itself. */
export class Announcer {
  readonly #options: WebSocketManagerOptions
  readonly #log: Log
  /** Null where the log shows what nobody listens to. */
  readonly #unheard: UnheardErrors | null
  readonly #overhearing: Overhearing
  #errors = 0

  constructor(exchange: string, options: WebSocketManagerOptions, log: Log, overhearing: Overhearing) {
    this.#options = options
    this.#log = log
    this.#overhearing = overhearing
    this.#unheard = showsWarnings(options.logger, options.logLevel) ? null : new UnheardErrors(exchange)
  }

  /** Errors that were reported. */
  get errors(): number {
    return this.#errors
  }

  tell<Event extends ManagerEvent>(event: Event, payload: ManagerEvents[Event]): void {
    const { before, after } = this.#overhearing
    before?.(event, payload)
    const callback = this.#options[callbackOf[event]] as ((payload: ManagerEvents[Event]) => unknown) | undefined
    if (callback !== undefined) this.call(event, callback, payload)
    else if (event === 'error') this.#unheard?.tell(payload as StreamError)
    after?.(event, payload)
  }

  /** Tells one listener of an event, whoever it is. */
  call<Payload>(event: ManagerEvent, callback: (payload: Payload) => unknown, payload: Payload): void {
    const fail = (thrown: unknown): void => this.#onFailed(event, thrown)
    try {
      const returned = callback(payload)
      if (isPromise(returned)) returned.then(undefined, fail)
    } catch (thrown) {
      fail(thrown)
    }
  }

  /** Something went wrong that nobody waits for; on which connection, where it was on one. */
  report(error: StreamError, connectionId: string | null = null): void {
    this.#errors += 1
    const { code, shortMessage: message } = error
    const log = connectionId === null ? this.#log : this.#log.child({ connectionId })
    log.warn({ event: 'error', code, message, err: error })
    this.tell('error', error)
  }

  /** Reported as any error is, but for that of the listener to errors, which must not be told of its own failure. */
  #onFailed(event: ManagerEvent, thrown: unknown): void {
    const error = handlerError(thrown, event)
    if (event !== 'error') {
      this.report(error)
      return
    }
    this.#errors += 1
    this.#log.error({ event: 'callback-failed', callback: callbackOf[event], err: error })
    this.#unheard?.tell(error)
  }
}
