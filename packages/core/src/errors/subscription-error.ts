import { StreamError } from './stream-error.js'

/** One stream the exchange refused. */
export interface RejectedStream {
  /** `Stream.id`. */
  readonly streamId: string
  /** `BTC/USDT`, or null for an account-wide stream. */
  readonly symbol: string | null
  readonly channel: string
  /** The exchange's own code, as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words. */
  readonly reason: string
}

/** Why streams were not subscribed. */
export type SubscriptionErrorCode =
  | 'ERR_SUBSCRIPTION_REJECTED'
  | 'ERR_ACKNOWLEDGEMENT_TIMEOUT'
  | 'ERR_AUTHENTICATION_FAILED'
  | 'ERR_CLOCK_SKEW'

const hints: Readonly<Record<SubscriptionErrorCode, string>> = {
  ERR_SUBSCRIPTION_REJECTED: 'The instrument may be delisted or misspelled.',
  ERR_ACKNOWLEDGEMENT_TIMEOUT: 'The exchange may be overloaded; subscribe again, or raise acknowledgementTimeoutMs.',
  ERR_AUTHENTICATION_FAILED: 'Check the key, its secret, its permissions and its IP whitelist.',
  ERR_CLOCK_SKEW: 'Synchronise this machine’s clock (NTP).',
}

/**
 * The exchange refused one or more streams of a request (`ERR_SUBSCRIPTION_REJECTED`; `ERR_AUTHENTICATION_FAILED` and `ERR_CLOCK_SKEW` where it refused who
 * asked), or never answered (`ERR_ACKNOWLEDGEMENT_TIMEOUT`). The streams not named in `rejected` stay active.
 */
export class SubscriptionError extends StreamError {
  override readonly name: string = 'SubscriptionError'
  readonly rejected: readonly RejectedStream[]

  constructor(code: SubscriptionErrorCode, exchange: string, rejected: readonly RejectedStream[], stillActive: number) {
    const first = rejected[0]
    const what = code === 'ERR_ACKNOWLEDGEMENT_TIMEOUT' ? 'did not acknowledge' : 'refused'
    const others = stillActive === 1 ? 'The other subscription stays' : `The other ${stillActive} subscriptions stay`
    super(
      code,
      `${exchange} ${what} ${rejected.length === 1 ? 'a subscription' : `${rejected.length} subscriptions`}.`,
      {
        context: {
          ...(first === undefined ? {} : { Channel: first.channel, Reason: first.reason }),
          ...(rejected.some((stream) => stream.symbol !== null)
            ? { [rejected.length === 1 ? 'Symbol' : 'Symbols']: listSymbols(rejected) }
            : {}),
          ...(first?.exchangeCode ? { 'Exchange code': first.exchangeCode } : {}),
        },
        hint: `${hints[code]}${code === 'ERR_SUBSCRIPTION_REJECTED' && stillActive > 0 ? ` ${others} active.` : ''}`,
      },
    )
    this.rejected = rejected
  }

  /** The same refusal, where what was accepted beside it has been given up as well. */
  withoutOthers(exchange: string): SubscriptionError {
    return new SubscriptionError(this.code as SubscriptionErrorCode, exchange, this.rejected, 0)
  }
}

function listSymbols(rejected: readonly RejectedStream[]): string {
  const names = [...new Set(rejected.map((stream) => stream.symbol).filter((symbol) => symbol !== null))]
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`
}
