import { type CandleInterval, candleIntervals, type EndpointOptions } from '@tapewire/core'
import { exchangeOptionsChecker } from '@tapewire/core/adapter'

/** What can be said about Nimbus' public streams. */
export interface NimbusSpotOptions extends EndpointOptions {
  /** Widths of the candles that the channel `candles` means, each a stream of its own. Default `['1m']`. */
  readonly candleIntervals?: readonly CandleInterval[]
}

/** The options without those that are undefined. Throws `ERR_UNSUPPORTED_OPTION`, naming every mistake together. */
export const checkOptions: (options: NimbusSpotOptions | undefined) => NimbusSpotOptions =
  exchangeOptionsChecker<NimbusSpotOptions>('nimbus_spot does not have these options', {
    candleIntervals: { type: 'array', items: { enum: candleIntervals }, minItems: 1, uniqueItems: true },
  })
