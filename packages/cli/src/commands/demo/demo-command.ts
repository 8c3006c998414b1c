import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { addMetricsOptions } from '../../options/metrics-options.js'
import { parsePort } from '../../options/port-option.js'
import type { DemoFlags } from './run-demo.js'

const notes = `
Starts the exchanges' own protocols as servers on 127.0.0.1, over a simulated market and account, and connects to them
as one connects to the real ones: every channel, market and account. Nothing leaves this machine.
On a terminal it shows them on a screen until q, or for --duration; ? explains its keys and signs. Otherwise, and with --plain, it runs for --duration (5s by default)
and prints a table, or with --json one object: {"exchanges": {"gateio_spot": {"url", "restUrl", "state", "messages": {channel: n}, "dropped",
"superseded", "errors", "unknown", "reconnects", "p50Ms", "p99Ms", "messagesPerSecond"}}}. Times are of the slower connection.
With --nats it starts a nats-server of its own, which has to be installed, and two processes that share an exchange's streams (gateio_spot, or each that --exchange names); it kills one of
them, and tells what a consumer notices, for 15s by default, and without a screen. --metrics-port serves the consumer's metrics. --json prints one object, of all exchanges together:
{"messages", "gaps", "errors", "books", "liveBooks", "liveAgainMs"}.

Examples:
  tapewire demo
  tapewire demo --duration 10s
  tapewire demo --exchange mexc_spot --json
  tapewire demo --nats
  tapewire demo --port 9000                on ports that stay; it says how a program connects`

export function addDemoCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('demo')
    .summary('watch it work on emulated exchanges, without a network')
    .description('Emulate exchanges on this machine, connect to them, and show what arrives.')
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option('--exchange <names...>', `only these: ${exchangeHint}`, collectWords)
  addMetricsOptions(addPackageOption(command))
    .option('--port <number>', 'port of the first exchange, the next ones follow; 0 takes free ones', parsePort, 0)
    .option('--plain', 'no screen: the table at the end is all')
    .option('--nats', 'over NATS: two relays, one of which is killed, and a consumer')
    .option('--json', 'print one JSON object')
    .addHelpText('after', notes)
    .action(async (flags: DemoFlags) => {
      if (flags.nats === true) {
        const { runNatsDemo } = await import('./nats/run-nats-demo.js')
        await runNatsDemo(context, flags)
        return
      }
      const { runDemo } = await import('./run-demo.js')
      await runDemo(context, flags)
    })
}
