import { CliError } from '../../cli-error.js'
import { ownExchanges } from '../../exchanges/own-packages.js'

/** A name as files, programs and people write it. */
export interface ExchangeName {
  /** `acme` */
  readonly lower: string
  /** `Acme` */
  readonly title: string
}

/** Longest name: a package's is 214 characters at most, and people read it. */
const longest = 30

/**
 * The name of a new exchange. Throws `ERR_INVALID_NAME` for one that cannot be found by its name again (lower-case letters and digits, a letter first), and
 * `ERR_NAME_TAKEN` for one of the exchanges that the command brings along.
 */
export function exchangeName(given: string): ExchangeName {
  if (!/^[a-z][a-z0-9]*$/.test(given) || given.length > longest) {
    throw new CliError(
      'ERR_INVALID_NAME',
      `${JSON.stringify(given.slice(0, 2 * longest))} cannot be the name of an exchange.`,
      `${suggestionFor(given)}A name is a lower-case letter and then letters and digits, ${longest} at most; the market is added to it: acme becomes acme_spot.`,
    )
  }
  const taken = ownExchanges.find((exchange) => exchange.startsWith(`${given}_`))
  if (taken !== undefined) {
    throw new CliError(
      'ERR_NAME_TAKEN',
      `${taken} is there already: its package comes with this command.`,
      'Take another name, or add to that package.',
    )
  }
  return { lower: given, title: given.charAt(0).toUpperCase() + given.slice(1) }
}

/** What was meant, as far as that is to be seen. */
function suggestionFor(given: string): string {
  const near = given
    .toLowerCase()
    .replace(/[\s_-]*spot\W*$/, '')
    .replace(/[^a-z0-9]/g, '')
  return /^[a-z][a-z0-9]*$/.test(near) && near.length <= longest ? `Did you mean ${near}? ` : ''
}
