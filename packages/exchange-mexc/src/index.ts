import type { ExchangeDefinition } from '@tapewire/core'
import { mexcSpot } from './definition.js'

export type { MexcCandleInterval } from './candle-intervals.js'
export type { MexcPrivateOptions, MexcPublicOptions } from './options.js'
export type { MexcTimezone } from './timezones.js'
export { mexcSpot }

/** Every exchange of this package. */
export const exchanges: readonly ExchangeDefinition[] = [mexcSpot]
