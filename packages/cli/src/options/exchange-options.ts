import type { Command } from 'commander'
import { ownExchanges } from '../exchanges/own-packages.js'

/** What every command needs to find an exchange by its name. */
export interface ExchangeFlags {
  readonly package?: string
}

/** How help describes an exchange. */
export const exchangeHint: string = `${ownExchanges.join(', ')}, or one of an installed package`

export function addPackageOption(command: Command): Command {
  return command.option('--package <name>', 'the package that has the exchange, where it is not the usual one')
}
