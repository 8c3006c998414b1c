import { StreamError } from '../errors/stream-error.js'
import type { CandleInterval } from '../model/payloads.js'
import type { SubscriptionRequest } from './subscription-strategy.js'

/** Which candle widths an exchange has, and which of them are meant where none is named. */
export interface CandleWidths<Width extends CandleInterval> {
  /** The exchange's name: `acme_spot`. */
  readonly exchange: string
  readonly has: readonly Width[]
  readonly usual: readonly Width[]
}

/** The candle widths that a request for `candles` means, each once, as `plan()` needs them. Throws `ERR_UNSUPPORTED_OPTION`, which says what the exchange has. */
export function plannedIntervals<Width extends CandleInterval>(
  { candleIntervals }: SubscriptionRequest,
  { exchange, has, usual }: CandleWidths<Width>,
): readonly Width[] {
  if (candleIntervals === null) return usual
  const missing = candleIntervals.filter((interval) => !isOneOf(has, interval))
  if (missing.length === 0) return [...new Set(candleIntervals.filter((interval) => isOneOf(has, interval)))]
  throw new StreamError('ERR_UNSUPPORTED_OPTION', `${exchange} has no candles of ${missing.join(', ')}.`, {
    hint: `It has ${has.join(', ')}.`,
  })
}

function isOneOf<Width extends CandleInterval>(widths: readonly Width[], interval: CandleInterval): interval is Width {
  return (widths as readonly CandleInterval[]).includes(interval)
}
