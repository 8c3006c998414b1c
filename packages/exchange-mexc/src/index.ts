import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { mexcSpot } from './spot/definition.js'

export type { MexcSpotCandleInterval, MexcSpotTimezone } from './spot/channels.js'
export type { MexcSpotPrivateOptions, MexcSpotPublicOptions } from './spot/options.js'
export { mexcSpot }

/** Every exchange of this package, for discovery by name. */
export const exchanges: readonly ExchangeDefinition[] = [mexcSpot]
