import type { AdapterMutation } from '../adapter-mutation.js'

const exchange = 'gateio_spot' as const
const adapter = 'packages/exchange-gateio/src'

/** The named ways in which the adapter of Gate.io is broken. */
export const gateioSpotMutations: readonly AdapterMutation[] = [
  {
    exchange,
    name: 'a refusal by name is taken for an acceptance',
    check: 'acknowledgement.one-of-many-refused',
    file: `${adapter}/spot/parsers/control.ts`,
    find: '  if (error === null) {\n    return confirmMessage',
    replace: '  if (action !== null) {\n    return confirmMessage',
  },
]
