import { type AnyExchangeDefinition, resolveExchange } from '@tapewire/core'
import { usageError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { ownExchanges } from './own-packages.js'

/**
 * The exchange that a command names, whose code is that of others where its package does not come with the command: what that writes to the console, and how it ends the
 * process, is told from then on. Rejects with `ERR_USAGE` where a path is given in place of a name, and as `resolveExchange`.
 */
export async function resolveGuest(
  context: Pick<CommandContext, 'admitGuest'>,
  exchange: string,
  packageName?: string,
): Promise<AnyExchangeDefinition> {
  for (const given of [exchange, packageName ?? '']) if (isPath(given)) throw pathError(given)
  if (packageName !== undefined || !ownExchanges.includes(exchange)) context.admitGuest(packageName ?? exchange)
  return resolveExchange(exchange, packageName)
}

/** Names of packages may have one slash, behind a scope. */
function isPath(given: string): boolean {
  return /^[./~]|^[a-z]:|\\/i.test(given) || (given.includes('/') && !given.startsWith('@'))
}

function pathError(given: string): Error {
  return usageError(
    `${given} is a path, and an exchange is named here.`,
    `Install the package of that folder where the command runs, npm install ${given}, and name the exchange: acme_spot.`,
  )
}
