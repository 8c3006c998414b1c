import { CommanderError } from 'commander'
import { type CliError, usageError } from './cli-error.js'
import { CommandContext } from './command-context.js'
import type { CommandIo } from './command-io.js'
import { bringOwnPackages } from './exchanges/own-packages.js'
import { exitCodes } from './exit-codes.js'
import { buildProgram } from './program.js'

/**
 * Runs the command with these arguments (without `node` and the script) and resolves with its exit code:
 * 0 done, 1 failed, 2 bad usage, 130 interrupted before the work was done. Never rejects, never ends the process.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  bringOwnPackages()
  const context = new CommandContext(io, argv)
  const program = buildProgram(context)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) context.fail(thrown)
    else if (thrown.code === 'commander.help')
      context.exitCode = thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage
    else if (thrown.exitCode !== 0) {
      const names = program.commands.map((command) => command.name())
      context.fail(commanderFailure(thrown, argv, names))
    }
  }
  await context.finish()
  return context.exitCode
}

/** What commander found wrong, as one of our errors: its own text is several lines, the last one perhaps a suggestion. */
function commanderFailure(error: CommanderError, argv: readonly string[], commandNames: readonly string[]): CliError {
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
