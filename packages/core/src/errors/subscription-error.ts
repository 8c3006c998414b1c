import type { ErrorCode } from './error-codes.js'
import { StreamError } from './stream-error.js'

/** One stream that is not there. */
export interface RejectedStream {
  /** `Stream.id`. */
  readonly streamId: string
  /** `BTC/USDT`, or null for an account-wide stream. */
  readonly symbol: string | null
  readonly channel: string
  /** The exchange's own code, as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words, or ours where it said nothing. */
  readonly reason: string
}

/** Why streams were not subscribed. */
export type SubscriptionErrorCode =
  | 'ERR_SUBSCRIPTION_REJECTED'
  | 'ERR_ACKNOWLEDGEMENT_TIMEOUT'
  | 'ERR_AUTHENTICATION_FAILED'
  | 'ERR_CLOCK_SKEW'

const hints: Readonly<Partial<Record<ErrorCode, string>> & Record<SubscriptionErrorCode, string>> = {
  ERR_SUBSCRIPTION_REJECTED: 'The instrument may be delisted or misspelled.',
  ERR_ACKNOWLEDGEMENT_TIMEOUT: 'The exchange may be overloaded; subscribe again, or raise acknowledgementTimeoutMs.',
  ERR_AUTHENTICATION_FAILED: 'Check the key, its secret, its permissions and its IP whitelist.',
  ERR_CLOSED: 'Create a new manager.',
  ERR_CLOCK_SKEW: 'Synchronise this machine’s clock (NTP).',
}

/**
 * The exchange refused one or more streams of a request (`ERR_SUBSCRIPTION_REJECTED`; `ERR_AUTHENTICATION_FAILED` and `ERR_CLOCK_SKEW` where it refused who
 * asked), or never answered (`ERR_ACKNOWLEDGEMENT_TIMEOUT`); or the connection of some was given up or closed before (its error's code, and that error as `cause`). The streams not named in `rejected` stay active, unless the hint says that they were ended as well.
 */
export class SubscriptionError extends StreamError {
  override readonly name: string = 'SubscriptionError'
  readonly rejected: readonly RejectedStream[]

  readonly #exchange: string
  readonly #others: number

  /** `others` are those beside it, which stay active or `areEnded` as well. `cause` is set where it was not an answer. */
  constructor(
    code: ErrorCode,
    exchange: string,
    rejected: readonly RejectedStream[],
    others: number,
    { areEnded = false, cause }: { readonly areEnded?: boolean; readonly cause?: StreamError } = {},
  ) {
    const first = rejected[0]
    super(code, cause?.shortMessage ?? refusalOf(code, exchange, rejected.length), {
      ...(cause === undefined ? {} : { cause, retryAfterMs: cause.retryAfterMs }),
      context: {
        ...cause?.context,
        ...(first === undefined ? {} : { Channel: first.channel }),
        ...(first === undefined || cause !== undefined ? {} : { Reason: first.reason }),
        ...(rejected.some((stream) => stream.symbol !== null)
          ? { [rejected.length === 1 ? 'Symbol' : 'Symbols']: listSymbols(rejected) }
          : {}),
        ...(first?.exchangeCode ? { 'Exchange code': first.exchangeCode } : {}),
      },
      hint: `${hints[code] ?? cause?.hint ?? 'Subscribe again once the reason is mended.'}${areEnded ? fateOfEnded(others) : code === 'ERR_SUBSCRIPTION_REJECTED' ? fateOfActive(others) : ''}`,
    })
    this.rejected = rejected
    this.#exchange = exchange
    this.#others = others
  }

  /** The same refusal, where what was accepted beside it was ended as well. */
  withoutOthers(): SubscriptionError {
    return endedRefusal(this.code, this.#exchange, this.rejected, this.#others)
  }
}

/** Beside the class, not in it: a class whose body names itself is called `_SubscriptionError` once it is bundled, and so are its errors where they are printed. */
function endedRefusal(
  code: ErrorCode,
  exchange: string,
  rejected: readonly RejectedStream[],
  others: number,
): SubscriptionError {
  return new SubscriptionError(code, exchange, rejected, others, { areEnded: true })
}

function refusalOf(code: ErrorCode, exchange: string, count: number): string {
  const verb = code === 'ERR_ACKNOWLEDGEMENT_TIMEOUT' ? 'did not acknowledge' : 'refused'
  return `${exchange} ${verb} ${count === 1 ? 'a subscription' : `${count} subscriptions`}.`
}

function fateOfActive(others: number): string {
  if (others === 0) return ''
  return others === 1 ? ' The other subscription stays active.' : ` The other ${others} subscriptions stay active.`
}

function fateOfEnded(others: number): string {
  if (others === 0) return ' Nothing is left open.'
  const [which, whom] = others === 1 ? ['subscription was', 'it'] : [`${others} subscriptions were`, 'them']
  return ` The other ${which} ended as well, and nothing is left open; with onRefused: 'continue' the feed goes on with ${whom}.`
}

function listSymbols(rejected: readonly RejectedStream[]): string {
  const names = [...new Set(rejected.map((stream) => stream.symbol).filter((symbol) => symbol !== null))]
  return names.length <= 10 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`
}
