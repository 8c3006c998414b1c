import { type StreamError, toStreamError } from '../../errors/stream-error.js'
import type { FailureKind } from '../../model/failure-kind.js'
import type { Stream } from '../../model/stream.js'
import type { SubscriptionAction } from '../../strategy/subscription-strategy.js'
import type { PendingRequest, SubscriptionLedger } from './ledger.js'
import type { Requests } from './requests.js'

/** The connection that requests go over, as far as they know it. */
export interface RequestLink {
  isUp(): boolean
  /** Resolves once the message went out; rejects where the connection is lost before. */
  send(payload: string | Uint8Array): Promise<void>
  /** Gives the connection up and makes a new one, as after a failure of that kind. */
  fail(kind: FailureKind, error: StreamError): void
  /** Whether there are requests on their way whose answers may come. */
  expectAnswers(isExpected: boolean): void
}

/** What is asked of the exchange is made, noted in the ledger and sent. */
export class Asks {
  readonly #requests: Requests
  readonly #ledger: SubscriptionLedger
  readonly #link: RequestLink

  constructor(requests: Requests, ledger: SubscriptionLedger, link: RequestLink) {
    this.#requests = requests
    this.#ledger = ledger
    this.#link = link
  }

  /** Whether anything can be asked at the moment. */
  get isUp(): boolean {
    return this.#link.isUp()
  }

  /** Counts transports: what was begun on one is not gone on with on the next. */
  get epoch(): number {
    return this.#requests.epoch
  }

  /** Resolves once the requests are on their way, or where there is nothing to ask or no connection; rejects with what kept them from being made. */
  async ask(action: SubscriptionAction, streams: readonly Stream[]): Promise<void> {
    if (streams.length === 0 || !this.isUp) return
    const { epoch } = this
    const messages = await this.#requests.prepare(action, streams)
    // What was prepared for a transport must not be sent on the next, nor on none.
    if (epoch !== this.epoch) return
    for (const message of messages) {
      const request = this.#ledger.sent(message)
      this.#link.send(message.payload).then(
        () => this.#startTimer(request),
        // The connection is lost, and the ledger asks again on the next.
        () => {},
      )
    }
    this.noteAwaited()
  }

  /** The requests on their way have changed. */
  noteAwaited(): void {
    const awaited = this.#ledger.pendingRequests
    this.#requests.keepTimers(awaited)
    this.#link.expectAnswers(awaited.length > 0)
  }

  #startTimer(request: PendingRequest): void {
    if (this.#ledger.pendingRequests.includes(request)) this.#requests.startTimer(request)
  }
}

const preparationFailed: Readonly<Record<SubscriptionAction, string>> = {
  subscribe: 'A subscription could not be prepared.',
  unsubscribe: 'An unsubscription could not be prepared.',
}

/** Why a request could not be made, from what `ask()` rejected with. */
export function preparationError(action: SubscriptionAction, thrown: unknown): StreamError {
  return toStreamError(thrown, 'ERR_SIGNING_FAILED', preparationFailed[action])
}
