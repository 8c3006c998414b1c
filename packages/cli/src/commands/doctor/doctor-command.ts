import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { addEndpointOptions } from '../../options/endpoint-options.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import type { DoctorFlags } from './examine.js'

const notes = `
Checks DNS, TCP, TLS, the WebSocket handshake, a subscription's acknowledgement, the first data, and this machine's
clock (by the Date header of the REST API). Ends with 1 when a check fails. --json prints one object.

Examples:
  tapewire doctor gateio_spot
  tapewire doctor mexc_spot --symbol ETH/USDT --json
  tapewire doctor gateio_spot --url ws://127.0.0.1:9000/ --rest-url http://127.0.0.1:9000`

export function addDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('find out why an exchange cannot be reached')
    .description('Check everything between this machine and the first message of an exchange.')
    .argument('<exchange>', exchangeHint)
  addEndpointOptions(addPackageOption(command))
    .option('--symbol <symbol>', 'the instrument to subscribe to', 'BTC/USDT')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(async (exchange: string, flags: DoctorFlags) => {
      const { examine } = await import('./examine.js')
      await examine(context, exchange, flags)
    })
}
