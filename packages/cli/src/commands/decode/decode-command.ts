import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import type { DecodeFlags } from './decode-capture.js'

const notes = `
No socket is opened. Every inbound frame of the capture becomes one JSON line, in file order:
  {"line": 12, "messages": [{"type": 2, "stream": "spot.trades:BTC_USDT", "symbol": "BTC/USDT", "channel": "trades",
   "exchangeTime": …, "sequence": …, "data": […]}]}
A frame may hold several messages; acknowledgements (type 0) and pongs (999) are among them, and errors (-1), which name
the stream that they are about where it can be told.

Examples:
  tapewire decode session.jsonl --exchange mexc_spot
  tapewire decode session.jsonl --exchange gateio_spot | jq 'select(.messages[].type < 0)'`

export function addDecodeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('decode')
    .summary('read the frames of a capture, without a socket')
    .description('Decode every inbound frame of a capture and print what it says, one JSON line each.')
    .argument('<capture>', 'a capture file, JSON lines')
    .requiredOption('--exchange <name>', `whose frames they are: ${exchangeHint}`)
  addPackageOption(command)
    .option('--json', 'the output is JSON lines in any case; with it, errors are too')
    .addHelpText('after', notes)
    .action(async (file: string, flags: DecodeFlags) => {
      const { decodeCapture } = await import('./decode-capture.js')
      await decodeCapture(context, file, flags)
    })
}
