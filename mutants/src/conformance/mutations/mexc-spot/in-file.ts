import type { AdapterMutation } from '../../adapter-mutation.js'

/** Mutations of one file of the adapter of MEXC: `spot/parser.ts`. */
export function inFile(
  file: string,
  mutations: readonly Omit<AdapterMutation, 'exchange' | 'file'>[],
): readonly AdapterMutation[] {
  return mutations.map((mutation) => ({
    ...mutation,
    exchange: 'mexc_spot',
    file: `packages/exchange-mexc/src/${file}`,
  }))
}
