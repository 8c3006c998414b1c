import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import type { NewExchangeFlags } from './new-exchange.js'

const notes = `
Writes the package tapewire-exchange-NAME of the exchange NAME_spot, which installs, builds and can be imported as it is:
the adapter in src/spot, the exchange from the server's side in src/testing, and tests. It speaks a plain protocol of
JSON, which the emulation speaks too; what only you can write is left out, and npm test says in which file it belongs.

With --from, the frames of a capture are told apart, and what can be drafted of them is: a declaration of each kind of
data in src/spot/drafts, samples without secrets in fixtures, and DRAFT.md, which says how sure each guess is.

Examples:
  tapewire new-exchange acme
  tapewire new-exchange acme --private --dir adapters/acme
  tapewire new-exchange acme --from session.jsonl`

export function addNewExchangeCommand(program: Command, context: CommandContext): void {
  program
    .command('new-exchange')
    .summary('begin an adapter of your own')
    .description('Write the package of an adapter, to begin from.')
    .argument('<name>', 'what the exchange is called: lower-case letters and digits')
    .option('--dir <folder>', 'where the package goes; default tapewire-exchange-NAME')
    .option('--protobuf', 'pushes are protobuf messages; requests and answers stay JSON')
    .option('--private', 'with an account: login, orders, executions and balances')
    .option('--from <capture>', 'draft what the frames of a recording tell')
    .option('--json', 'print what was written as one JSON object')
    .addHelpText('after', notes)
    .action(async (name: string, flags: NewExchangeFlags) => {
      const { newExchange } = await import('./new-exchange.js')
      await newExchange(context, name, flags)
    })
}
