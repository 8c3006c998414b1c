import type { Clock } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import type {
  OutboundMessage,
  Stream,
  SubscriptionAction,
  SubscriptionStrategy,
} from '../strategy/subscription-strategy.js'

/** Prepares the requests of one link. They come out in the order they went in, though one may take longer to be signed than the next. */
export class RequestLine {
  readonly #strategy: SubscriptionStrategy
  readonly #clock: Clock
  /** Ids never repeat, so that a late answer cannot be taken for one to a request on the next transport. */
  #nextRequestId = 1
  #epoch = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(strategy: SubscriptionStrategy, clock: Clock) {
    this.#strategy = strategy
    this.#clock = clock
  }

  /** Counts transports: to be the same before and after `prepare()`. */
  get epoch(): number {
    return this.#epoch
  }

  /** The transport has changed, or is gone. */
  startOver(): void {
    this.#epoch += 1
    this.#turn = Promise.resolve()
  }

  /** The messages to send for these streams, if the transport is still the same. Rejects with what the strategy throws. */
  async prepare(action: SubscriptionAction, streams: readonly Stream[]): Promise<readonly OutboundMessage[]> {
    const before = this.#turn
    const created = this.#create(action, streams)
    this.#turn = Promise.allSettled([before, created]).then(() => {})
    await before
    const messages = await created
    assertComplete(messages, streams)
    return messages
  }

  async #create(action: SubscriptionAction, streams: readonly Stream[]): Promise<readonly OutboundMessage[]> {
    return this.#strategy.createSubscriptionMessages(action, streams, {
      nextRequestId: () => this.#nextRequestId++,
      wallTime: () => this.#clock.wallTime(),
    })
  }
}

/** A stream that no message asks for would be waited for for ever. */
function assertComplete(messages: readonly OutboundMessage[], streams: readonly Stream[]): void {
  const asked = new Set(messages.flatMap((message) => message.streams.map((stream) => stream.id)))
  const missing = streams.filter((stream) => !asked.has(stream.id))
  if (missing.length === 0) return
  throw new StreamError(
    'ERR_INVALID_STRATEGY',
    `No subscription message was made for ${missing.length} of ${streams.length} streams.`,
    {
      context: { First: missing[0]?.id ?? '' },
      hint: 'createSubscriptionMessages() must return messages that name each stream once.',
    },
  )
}
