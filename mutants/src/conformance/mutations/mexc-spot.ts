import type { AdapterMutation } from '../adapter-mutation.js'

const exchange = 'mexc_spot' as const
const adapter = 'packages/exchange-mexc/src'

/** The named ways in which the adapter of MEXC is broken. */
export const mexcSpotMutations: readonly AdapterMutation[] = [
  {
    exchange,
    name: 'another stream object for each plan',
    check: 'plan.same-objects',
    file: `${adapter}/spot/subscription.ts`,
    find: 'return this.#streams.plan(request)',
    replace: 'return this.#streams.plan(request).map((stream) => ({ ...stream }))',
  },
]
