import type { AdapterMutation } from '../adapter-mutation.js'
import { accountMutations } from './mexc-spot/account.js'
import { bookMutations } from './mexc-spot/books.js'
import { connectionMutations } from './mexc-spot/connection.js'
import { definitionMutations } from './mexc-spot/definition.js'
import { emulationMutations } from './mexc-spot/emulation.js'
import { marketDataMutations } from './mexc-spot/market-data.js'
import { parserMutations } from './mexc-spot/parser.js'
import { subscriptionMutations } from './mexc-spot/subscription.js'

/** The named ways in which the adapter of MEXC is broken. */
export const mexcSpotMutations: readonly AdapterMutation[] = [
  ...marketDataMutations,
  ...bookMutations,
  ...parserMutations,
  ...subscriptionMutations,
  ...definitionMutations,
  ...connectionMutations,
  ...accountMutations,
  ...emulationMutations,
]
