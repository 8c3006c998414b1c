import { fork } from 'node:child_process'
import { url as inspectorUrl } from 'node:inspector'
import { systemClock } from '@tapewire/core/adapter'
import { CommandContext } from '../../../command-context.js'
import { exitCodes } from '../../../exit-codes.js'
import { watchedEnvironment } from '../../../watched-process.js'
import { writeJunit } from '../junit-report.js'
import { reportJson } from '../report-json.js'
import { reportText } from '../report-text.js'
import { watchChecks } from './watch-checks.js'

/** Whether a command runs the code of others at length, and so in a process that can be ended whatever that code does. Not where a debugger looks on: it may pause as long as it likes. */
export function isToBeWatched([command]: readonly string[], isWatched: boolean): boolean {
  return command === 'conformance' && !isWatched && inspectorUrl() === undefined
}

/** Runs this very command once more, in a process that is watched. Resolves with its exit code, once everything is written. */
export async function runWatched(argv: readonly string[]): Promise<number> {
  const { stdout, stderr } = process
  const context = new CommandContext({ stdout, stderr, environment: process.env }, argv)
  const child = fork(process.argv[1] as string, argv, { env: watchedEnvironment() })
  const code = await watchChecks({
    child,
    clock: systemClock,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener)
      process.on('SIGTERM', listener)
    },
    print: async (report) => {
      await context.out.line(context.isJson ? reportJson(report) : reportText(report, context.palette))
    },
    writeJunit,
    fail: async (error) => context.fail(error),
  }).catch((thrown: unknown) => {
    context.fail(thrown)
    return exitCodes.failed
  })
  await context.finish()
  return code
}
