import type { AdapterMutation } from '../../adapter-mutation.js'

/** A way to break the adapter of Gate.io; the file is below the sources of its package. */
export type GateioMutation = Omit<AdapterMutation, 'exchange'>
