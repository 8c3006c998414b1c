import { StreamError } from './stream-error.js'

/** One stream the exchange refused. */
export interface RejectedStream {
  /** `BTC/USDT`, or null for an account-wide stream. */
  readonly symbol: string | null
  readonly channel: string
  /** The exchange's own code, as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words. */
  readonly reason: string
}

/**
 * The exchange refused one or more streams of a request (`ERR_SUBSCRIPTION_REJECTED`), or never answered
 * (`ERR_ACKNOWLEDGEMENT_TIMEOUT`). The streams not named in `rejected` stay active.
 */
export class SubscriptionError extends StreamError {
  override readonly name: string = 'SubscriptionError'
  readonly rejected: readonly RejectedStream[]

  constructor(
    code: 'ERR_SUBSCRIPTION_REJECTED' | 'ERR_ACKNOWLEDGEMENT_TIMEOUT',
    exchange: string,
    rejected: readonly RejectedStream[],
    stillActive: number,
  ) {
    const first = rejected[0]
    const what = code === 'ERR_SUBSCRIPTION_REJECTED' ? 'refused' : 'did not acknowledge'
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
        hint:
          code === 'ERR_SUBSCRIPTION_REJECTED'
            ? `The pair may be delisted or misspelled.${stillActive > 0 ? ` ${others} active.` : ''}`
            : 'The exchange may be overloaded; subscribe again, or raise acknowledgementTimeoutMs.',
      },
    )
    this.rejected = rejected
  }
}

function listSymbols(rejected: readonly RejectedStream[]): string {
  const names = [...new Set(rejected.map((stream) => stream.symbol).filter((symbol) => symbol !== null))]
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`
}
