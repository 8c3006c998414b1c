import type { AdapterMutation } from '../adapter-mutation.js'
import { accountMutations } from './gateio-spot/account.js'
import { answerMutations } from './gateio-spot/answers.js'
import { bookMutations } from './gateio-spot/books.js'
import { connectionMutations } from './gateio-spot/connection.js'
import { definitionMutations } from './gateio-spot/definition.js'
import { emulationMutations } from './gateio-spot/emulation.js'
import { frameMutations } from './gateio-spot/frames.js'
import { marketDataMutations } from './gateio-spot/market-data.js'
import { requestMutations } from './gateio-spot/requests.js'
import { signatureMutations } from './gateio-spot/signatures.js'

/** The named ways in which the adapter of Gate.io and its emulation are broken. */
export const gateioSpotMutations: readonly AdapterMutation[] = [
  ...definitionMutations,
  ...requestMutations,
  ...answerMutations,
  ...frameMutations,
  ...marketDataMutations,
  ...bookMutations,
  ...accountMutations,
  ...signatureMutations,
  ...connectionMutations,
  ...emulationMutations,
].map((mutation) => ({
  ...mutation,
  exchange: 'gateio_spot',
  file: `packages/exchange-gateio/src/${mutation.file}`,
}))
