import { importExchangePackage } from '@tapewire/core/adapter'
import type { ExchangeEmulation } from '@tapewire/testkit'
import { CliError } from '../cli-error.js'

/**
 * The exchange of this name from the server's side: `emulations` of its package's entry `./testing`. Loaded apart from the definition, because few commands
 * need it. Rejects with `ERR_NO_EMULATION`, or as `resolveExchange` where the package cannot be loaded.
 */
export async function findEmulation(exchange: string, packageName?: string): Promise<ExchangeEmulation> {
  const imported = await importExchangePackage(exchange, './testing', packageName)
  const emulations = imported?.exports.emulations
  const found = Array.isArray(emulations)
    ? (emulations as readonly ExchangeEmulation[]).find((emulation) => emulation?.exchange === exchange)
    : undefined
  if (found !== undefined) return found
  throw new CliError(
    'ERR_NO_EMULATION',
    `There is no emulation of ${exchange}.`,
    'Its package exports one in the array emulations of its entry ./testing; stream, decode and doctor do without.',
  )
}
