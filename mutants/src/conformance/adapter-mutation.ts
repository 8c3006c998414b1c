import type { Mutation } from '../mutation.js'

/** One way to break an adapter, or its emulation, and the check that has to notice. */
export interface AdapterMutation extends Mutation {
  readonly exchange: 'gateio_spot' | 'mexc_spot'
  /** The id of the check that fails it. */
  readonly check: string
  /** Why no check can see it: it may survive, and counts as a survivor all the same. */
  readonly survives?: string
}

/** Whether it is the emulation that is broken: an adapter that is right then fails only where the emulation is named. */
export function isOfEmulation({ file }: Pick<AdapterMutation, 'file'>): boolean {
  return file.includes('/src/testing/')
}
