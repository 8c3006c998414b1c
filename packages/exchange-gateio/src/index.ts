import type { ExchangeDefinition } from '@tapewire/core'
import { gateioSpot } from './definition.js'

export type { GateioPrivateOptions, GateioPublicOptions } from './options.js'
export { gateioSpot }

/** Every exchange of this package, for discovery by name. */
export const exchanges: readonly ExchangeDefinition[] = [gateioSpot]
