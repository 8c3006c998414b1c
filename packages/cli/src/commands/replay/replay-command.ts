import type { Command } from 'commander'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import type { ReplayFlags } from './replay-capture.js'

const notes = `
A server on loopback plays the capture over a real socket to a real connection, which subscribes to every instrument and
channel the capture carries. Recorded acknowledgements are replaced by ones that fit. What is counted is what arrived.
--json prints one object: {"frames", "messages": {channel: n}, "bySymbol": {symbol: {channel: n}}, "unknown", "errors",
"other", "dropped", "superseded"}; frames are the inbound ones of the capture, acknowledgements included. With --books it has
{"books": {symbol: {"status", "sequence", "bids": [[price, size] x 5], "asks"}}, "gaps", "resyncs"} as well.

Examples:
  tapewire replay session.jsonl --exchange gateio_spot
  tapewire replay session.jsonl --exchange mexc_spot --speed max --json
  tapewire replay session.jsonl --exchange gateio_spot --rest snapshots.jsonl --speed max --books`

export function addReplayCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('replay')
    .summary('play a capture over a real socket and count what arrives')
    .description('Play a capture from a local server through the whole pipeline, and sum up what arrived.')
    .argument('<capture>', 'a capture file, JSON lines')
    .requiredOption('--exchange <name>', `whose frames they are: ${exchangeHint}`)
  addPackageOption(command)
    .option('--rest <file>', 'recorded REST answers; CAPTURE.rest.jsonl by default, where there is one')
    .option('--speed <factor>', '1 is the recorded pace, 10 ten times that, max as fast as possible', parseSpeed, 1)
    .option('--books', 'keep the order books, and show how each stands at the end')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(async (file: string, flags: ReplayFlags) => {
      const { replayCapture } = await import('./replay-capture.js')
      await replayCapture(context, file, flags)
    })
}

/** `max`, or how many times faster than recorded. Throws `ERR_USAGE`. */
function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const speed = text.trim() === '' ? Number.NaN : Number(text)
  if (speed > 0 && Number.isFinite(speed)) return speed
  throw usageError(
    `"${text}" is not a speed.`,
    'Write a number above 0 (1 is the recorded pace, 10 ten times that) or max.',
  )
}
