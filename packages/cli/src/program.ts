import { Command } from 'commander'
import type { CommandContext } from './command-context.js'
import { addConformanceCommand } from './commands/conformance/conformance-command.js'
import { addDashboardCommand } from './commands/dashboard/dashboard-command.js'
import { addDecodeCommand } from './commands/decode/decode-command.js'
import { addDemoCommand } from './commands/demo/demo-command.js'
import { addDoctorCommand } from './commands/doctor/doctor-command.js'
import { addInstrumentsCommand } from './commands/instruments/instruments-command.js'
import { addNewExchangeCommand } from './commands/new-exchange/new-exchange-command.js'
import { addRecordCommand } from './commands/record/record-command.js'
import { addRelayCommand } from './commands/relay/relay-command.js'
import { addReplayCommand } from './commands/replay/replay-command.js'
import { addStreamCommand } from './commands/stream/stream-command.js'
import { ownExchanges } from './exchanges/own-packages.js'
import { packageVersion } from './package-file.js'

const overview = `
Exchanges: ${ownExchanges.join(', ')}; others once their package is installed where the command runs.

Examples:
  tapewire demo                                   see it work, without a network
  tapewire dashboard                              the same as a page in the browser
  tapewire stream gateio_spot BTC/USDT            live market data
  tapewire doctor mexc_spot                       what stands between here and the exchange
  tapewire instruments --exchange gateio_spot     what there is to stream
  tapewire record gateio_spot BTC/USDT --out session.jsonl
  tapewire replay session.jsonl --exchange gateio_spot
  tapewire relay gateio_spot BTC/USDT --nats nats://127.0.0.1:4222
  tapewire conformance ./                         check an adapter of your own

Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted.
With --json, results are JSON on standard output and errors JSON lines on standard error.`

/** The command line of `tapewire`. Its actions report through `context`; commander itself prints help and nothing else. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('tapewire')
    .description('Exchange market data and account streams: fast, normalised, honest about gaps.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .helpOption('-h, --help', 'explain this command')
    .helpCommand('help [command]', 'explain a command')
    .addHelpText('after', overview)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.out.text(text),
      writeErr: (text) => context.showHelp(text),
      // Commander's own errors are thrown as well, and reported like all others.
      outputError: () => {},
    })
  addDemoCommand(program, context)
  addDashboardCommand(program, context)
  addStreamCommand(program, context)
  addRecordCommand(program, context)
  addReplayCommand(program, context)
  addRelayCommand(program, context)
  addDecodeCommand(program, context)
  addDoctorCommand(program, context)
  addInstrumentsCommand(program, context)
  addConformanceCommand(program, context)
  addNewExchangeCommand(program, context)
  return program
}
