import type { CommanderError } from 'commander'
import { type CliError, usageError } from './cli-error.js'
import { commandNames } from './command-names.js'

/** What commander found wrong, as one of our errors: its own text is several lines, the last one perhaps a suggestion. */
export function commanderFailure(error: CommanderError, argv: readonly string[]): CliError {
  const [what = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = rest
    .join(' ')
    .replace(/^\((.*)\)$/, '$1')
    .trim()
  const command = argv.find((argument) => commandNames.includes(argument))
  const help = `See tapewire ${command === undefined ? '' : `${command} `}--help.`
  return usageError(
    `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
    suggestion === '' ? help : `${suggestion} ${help}`,
  )
}
