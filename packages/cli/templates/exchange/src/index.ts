import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { newexSpot } from './spot/definition.js'

export type { NewexSpotOptions } from './spot/options.js'
export { newexSpot }

/** Every exchange of this package: what the factory looks for. */
export const exchanges: readonly ExchangeDefinition[] = [newexSpot]
