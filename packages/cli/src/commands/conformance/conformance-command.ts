import type { Command } from 'commander'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { collectWords } from '../../options/list-option.js'
import type { ConformanceFlags } from './check-package.js'

const notes = `
The package is a name, looked for in the node_modules of this folder and of those above it, or a path: ./, ../acme, /srv/acme.
It must be built. Its entry ./testing has the emulation that the checks are run against; without it, few can be run.
A check that is not done after --check-timeout has failed; where code of the package runs in circles meanwhile, the run ends there, and the
report says in which check.
Ends with 1 when a check of the level must fails; one of the level should is a warning. --json prints one object a line for each
exchange: {"exchange", "checks": [{"id", "title", "level", "area", "status", "reason", "ms"}], "passed", "failed", "warned", "skipped"};
a failed check has "failure" as well: {"expected", "got", "frame", "file", "docs"}.

Examples:
  tapewire conformance ./
  tapewire conformance tapewire-exchange-acme --only parser book.restart
  tapewire conformance ../acme --exchange acme_spot --junit conformance.xml
  tapewire conformance --list`

export function addConformanceCommand(program: Command, context: CommandContext): void {
  program
    .command('conformance')
    .summary('check the adapter of an exchange, offline')
    .description(
      'Check the adapters of a package against the contract and against their own emulation, without a network.',
    )
    .argument('[package]', 'the package of the adapter: its name, or the path of its folder')
    .option('--exchange <name>', 'of its exchanges, check this one alone')
    .option('--only <ids...>', 'ids of checks or areas, to run alone', collectWords)
    .option('--captures <paths...>', 'recorded traffic of the exchange: files, or folders of them', collectWords)
    .option('--junit <file>', 'write a report for build servers, as JUnit does')
    .option('--check-timeout <time>', 'how long one check may take: 30s by default', parseDuration)
    .option('--list', 'print every check, and run none')
    .option('--json', 'print one JSON object for each exchange')
    .addHelpText('after', notes)
    .action(async (given: string | undefined, flags: ConformanceFlags) => {
      if (flags.only?.length === 0) {
        throw usageError('--only names no check.', 'Name one, or an area, or leave --only out: all are run then.')
      }
      if (flags.list === true) {
        const { listChecks } = await import('./list-checks.js')
        await listChecks(context, flags.only)
        return
      }
      if (given === undefined) {
        throw usageError("Missing required argument 'package'.", 'Name it, or its folder: tapewire conformance ./')
      }
      const { checkPackage } = await import('./check-package.js')
      await checkPackage(context, given, flags)
    })
}
