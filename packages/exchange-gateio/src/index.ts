import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { gateioSpot } from './spot/definition.js'

export type { GateioSpotCandleInterval } from './spot/channels.js'
export type { GateioSpotPrivateOptions, GateioSpotPublicOptions } from './spot/options.js'
export { gateioSpot }

/** Every exchange of this package, for discovery by name. */
export const exchanges: readonly ExchangeDefinition[] = [gateioSpot]
