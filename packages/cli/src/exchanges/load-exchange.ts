import { StreamError, suggest } from '@tapewire/core'
import type { CliExchange } from './cli-exchange.js'

/** Loaded when named: nobody waits for an exchange they do not use. */
const loaders: Readonly<Record<string, () => Promise<CliExchange>>> = {
  gateio_spot: async () => (await import('./gateio-spot.js')).gateioSpotExchange,
  mexc_spot: async () => (await import('./mexc-spot.js')).mexcSpotExchange,
}

export const exchangeNames: readonly string[] = Object.keys(loaders)

/** The exchange of that name; throws `ERR_UNKNOWN_EXCHANGE` with the likely meaning. */
export async function loadExchange(name: string): Promise<CliExchange> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined
  if (load !== undefined) return load()
  const meant = suggest(name, exchangeNames) ?? exchangeNames.find((known) => known.startsWith(`${name}_`)) ?? null
  throw new StreamError('ERR_UNKNOWN_EXCHANGE', `There is no exchange ${JSON.stringify(name)}.`, {
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}Exchanges: ${exchangeNames.join(', ')}.`,
  })
}
