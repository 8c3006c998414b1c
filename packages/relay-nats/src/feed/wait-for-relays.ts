import { type Clock, type ExchangeFeed, StreamError, SubscriptionError } from '@tapewire/core'
import { sleep, systemClock } from '@tapewire/core/adapter'

/** How long to wait before streams are asked for once more that nobody publishes, ms. */
const askAgainMs = 500

/** What a stream is refused with that no relay publishes, or whose relay does not answer. */
const ownerless: readonly (string | null)[] = ['NO_RELAY', 'NO_ANSWER']

/** Whether and for how long to wait. */
export interface WaitOptions {
  readonly retry?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}

/**
 * The feed that `open` makes. Streams that no relay publishes reject with `ERR_NO_RELAY`, or with `retry` are asked for again until there is one, or `signal` ends it: a group that has
 * just been started takes a moment to share them out.
 */
export async function waitForRelays(
  open: () => Promise<ExchangeFeed>,
  { retry, signal, clock = systemClock }: WaitOptions,
): Promise<ExchangeFeed> {
  for (;;) {
    try {
      return await open()
    } catch (thrown) {
      const missing = missingRelay(thrown)
      if (missing === null || retry !== true) throw missing ?? thrown
    }
    await sleep(clock, askAgainMs, signal)
  }
}

/** Null where it is not that alone which is wrong. */
function missingRelay(thrown: unknown): StreamError | null {
  if (!(thrown instanceof SubscriptionError)) return null
  const { rejected } = thrown
  const [first] = rejected
  if (first === undefined || !rejected.every(({ exchangeCode }) => ownerless.includes(exchangeCode))) return null
  const reason = first.reason.charAt(0).toUpperCase() + first.reason.slice(1)
  const others = rejected.length === 1 ? '' : `, and the same of ${rejected.length - 1} more`
  return new StreamError('ERR_NO_RELAY', `${reason}${others}.`, {
    hint: 'A relay or group that has just been started takes a moment: wait for it with retry: true. Else look at the symbols, the channels and the prefix.',
    cause: thrown,
  })
}
