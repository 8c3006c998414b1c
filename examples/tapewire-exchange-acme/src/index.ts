import type { ExchangeDefinition } from '@tapewire/core/adapter'
import { acmeSpot } from './definition.js'

export { acmeSpot }

/** Every exchange of this package: what the factory looks for. */
export const exchanges: readonly ExchangeDefinition[] = [acmeSpot]
