import { CommanderError } from 'commander'
import { CommandContext } from './command-context.js'
import type { CommandIo } from './command-io.js'
import { commanderFailure } from './commander-failure.js'
import { exitCodes } from './exit-codes.js'
import { buildProgram } from './program.js'

/**
 * Runs the command with these arguments (without `node` and the script) and resolves with its exit code:
 * 0 done, 1 failed, 2 bad usage, 130 interrupted before the work was done. Never rejects, never ends the process.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const context = new CommandContext(io, argv)
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) context.fail(thrown)
    else if (thrown.code === 'commander.help')
      context.exitCode = thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage
    else if (thrown.exitCode !== 0) context.fail(commanderFailure(thrown, argv))
  }
  await context.finish()
  return context.exitCode
}
