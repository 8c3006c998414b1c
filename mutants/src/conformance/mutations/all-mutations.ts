import type { AdapterMutation } from '../adapter-mutation.js'
import { gateioSpotMutations } from './gateio-spot.js'
import { mexcSpotMutations } from './mexc-spot.js'

export const adapterMutations: readonly AdapterMutation[] = [...gateioSpotMutations, ...mexcSpotMutations]
