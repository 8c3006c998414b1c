import type { Clock, Timer } from '../clock/clock.js'
import { type WaitOptions, waitOptionsChecker } from '../config/wait-options.js'
import { StreamError } from '../errors/stream-error.js'
import { commonRefusalOf } from '../model/common-refusal.js'
import type { ReplyData, ReplyMessage, SubscriptionConfirmMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'

/** How long somebody waits for an answer. */
export interface ReplyOptions extends WaitOptions {
  /** How long the exchange may take to answer, and before that how long the request may wait for its turn to be sent, ms, whole, 1 to 600,000; default `acknowledgementTimeoutMs`. */
  readonly timeoutMs?: number
}

/** Throws `ERR_INVALID_CONFIG` for options that cannot be meant, naming every mistake. */
export const checkReplyOptions: (options: unknown) => void = waitOptionsChecker(
  'The options of the request are not valid',
  { timeoutMs: { type: 'integer', minimum: 1, maximum: 600_000 } },
)

/** Puts a message on its way, and says at once when it went out, or that it will not. Returns what takes it back while it waits for its turn. */
export type Post = (onSent: () => void, onUnsent: (reason: unknown) => void) => () => void

interface Waiting {
  /** Whether the request went out. */
  isSent: boolean
  readonly resolve: (reply: ReplyData) => void
  readonly reject: (reason: unknown) => void
}

/** Who waits for the answer to a request of their own, by its id. Every wait ends: with the answer, or with the reason why it will not come. */
export class Replies {
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting>()
  #onSettled: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Posts a request, and resolves with its answer. It may wait as long for its turn as then for the answer, and what ends the wait before it went out takes it
   * back: a request that is said not to be sent is never sent. Rejects with `ERR_CONNECTION_CLOSED` or `ERR_NOT_SENT` where nothing went out, with
   * `ERR_REPLY_TIMEOUT`, the signal's reason, or what `failSent` or `failUnsent` is told.
   */
  request(requestId: number, timeoutMs: number, signal: AbortSignal | undefined, post: Post): Promise<ReplyData> {
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      let takeBack = (): void => {}
      const end = (): void => {
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(requestId)
        takeBack()
        if (this.#waiting.size === 0) this.#onSettled?.()
      }
      const fail = (reason: unknown): void => {
        end()
        reject(reason)
      }
      const onAbort = (): void => fail(signal?.reason)
      const failAfter = (error: (timeoutMs: number) => StreamError): Timer =>
        this.#clock.setTimer(timeoutMs, () => fail(error(timeoutMs)))
      let timer = failAfter(turnTimeout)
      signal?.addEventListener('abort', onAbort, { once: true })
      const waiting: Waiting = {
        isSent: false,
        resolve: (reply) => {
          end()
          resolve(reply)
        },
        reject: fail,
      }
      this.#waiting.set(requestId, waiting)
      const onSent = (): void => {
        waiting.isSent = true
        timer.cancel()
        timer = failAfter(replyTimeout)
      }
      takeBack = post(onSent, fail)
    })
  }

  /** Hands an answer to whoever waits for it; false where nobody does. An exchange may answer a request as it answers subscriptions. */
  take({ type, data }: ReplyMessage | SubscriptionConfirmMessage): boolean {
    const waiting = data.requestId === null ? undefined : this.#waiting.get(data.requestId)
    if (waiting === undefined) return false
    if (type === MessageType.Reply) waiting.resolve(data)
    else {
      const refusal = commonRefusalOf(data) ?? data.rejected[0]
      const { exchangeCode = null, reason = null } = refusal ?? {}
      waiting.resolve({
        requestId: data.requestId,
        ok: refusal === undefined,
        exchangeCode,
        reason,
        payload: data,
      })
    }
    return true
  }

  /** Resolves once nobody waits any more, or when the time is over, ms. To be asked by one only. */
  whenSettled(timeoutMs: number): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#onSettled = null
        timer.cancel()
        resolve()
      }
      const timer = this.#clock.setTimer(timeoutMs, settle)
      this.#onSettled = settle
    })
  }

  /** No answer will come any more to what went out. */
  failSent(reason: StreamError): void {
    this.#fail(true, reason)
  }

  /** What still waits for its turn is not sent any more. */
  failUnsent(reason: StreamError): void {
    this.#fail(false, reason)
  }

  #fail(isSent: boolean, reason: StreamError): void {
    for (const waiting of [...this.#waiting.values()]) if (waiting.isSent === isSent) waiting.reject(reason)
  }
}

function turnTimeout(timeoutMs: number): StreamError {
  return new StreamError('ERR_NOT_SENT', `A request was not sent: its turn did not come within ${timeoutMs} ms.`, {
    hint: 'More messages wait than the exchange’s rate lets through: send fewer, or give it more time by timeoutMs.',
  })
}

function replyTimeout(timeoutMs: number): StreamError {
  return new StreamError('ERR_REPLY_TIMEOUT', `The exchange did not answer a request within ${timeoutMs} ms.`, {
    hint: 'It may have carried the request out all the same: look before you ask again.',
  })
}
