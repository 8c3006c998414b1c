import type { CandleInterval, EndpointOptions } from '@tapewire/core'
import { exchangeOptionsChecker } from '@tapewire/core/adapter'

/** Where Newex is. Left to write: its addresses, each with the page of the documentation that names it. */
export const endpoints = { url: 'wss://stream.newex.example/v1', restUrl: 'https://api.newex.example/v1' } as const

/** The widths of candles that Newex has. Left to write: which these are. */
export const newexIntervals: readonly CandleInterval[] = ['1m', '5m', '1h']

/** Options of `newexSpot.public()`. */
export interface NewexSpotOptions extends EndpointOptions {
  /** Widths of `candles` where a request names none, one stream each; default `['1m']`. */
  readonly candleIntervals?: readonly CandleInterval[]
}

/** The options without those that are undefined. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together. */
export const checkOptions: (options: NewexSpotOptions | undefined) => NewexSpotOptions =
  exchangeOptionsChecker<NewexSpotOptions>('newex_spot does not have these options', {
    candleIntervals: { type: 'array', items: { enum: newexIntervals }, minItems: 1, uniqueItems: true },
  })
// #private

/** The options of the account, likewise: it has none of its own. */
export const checkAccountOptions: (options: EndpointOptions | undefined) => EndpointOptions =
  exchangeOptionsChecker<EndpointOptions>('newex_spot does not have these options for the account')
// #end
