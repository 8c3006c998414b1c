import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { addEndpointOptions } from '../../options/endpoint-options.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import type { DoctorFlags } from './examine.js'

const notes = `
Checks DNS, TCP, TLS, the WebSocket handshake, a subscription's acknowledgement, the first data, and this machine's
clock (by the Date header of the REST API). Ends with 1 when a check fails. --json prints one object.
With --watch the stream is watched for that long: how old its messages are, how long they take here, whether this process
was kept waiting, and whether anything was lost. With --account the exchange is asked whether it accepts the key in
TAPEWIRE_API_KEY and TAPEWIRE_API_SECRET: its streams are subscribed, and nothing is ordered.

Examples:
  tapewire doctor gateio_spot
  tapewire doctor mexc_spot --symbol ETH/USDT --json
  tapewire doctor gateio_spot --watch 30s
  tapewire doctor gateio_spot --account
  tapewire doctor gateio_spot --url ws://127.0.0.1:9000/ --rest-url http://127.0.0.1:9000`

export function addDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('find out why an exchange cannot be reached')
    .description('Check everything between this machine and the first message of an exchange.')
    .argument('<exchange>', exchangeHint)
  addEndpointOptions(addPackageOption(command))
    .option('--symbol <symbol>', 'the instrument to subscribe to', 'BTC/USDT')
    .option('--watch <time>', 'watch the stream for this long: 30s, 2m', parseDuration)
    .option('--account', 'check the key of an account, from the environment')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(async (exchange: string, flags: DoctorFlags) => {
      const { examine } = await import('./examine.js')
      await examine(context, exchange, flags)
    })
}
