import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { nimbusSpot } from './spot/definition.js'

export type { NimbusSpotOptions } from './spot/options.js'
export { nimbusSpot }

/** Every exchange of this package: what the factory looks for. */
export const exchanges: readonly ExchangeDefinition[] = [nimbusSpot]
