import { type Command, Option } from 'commander'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { addEndpointOptions } from '../../options/endpoint-options.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { addNatsOptions } from '../../options/nats-options.js'
import { parsePort } from '../../options/port-option.js'
import type { DashboardFlags } from './run-dashboard.js'
import { isToken } from './server/access.js'

const notes = `
Without an exchange it shows emulated ones, which run on this machine as those of tapewire demo do: their page can cut them off and silence them.
With an exchange and instruments it shows that market: all its channels, or those of --channels.
Only browsers of this machine reach it. With --host others do, and then its address has a token (--token, or one that is made up), without which
the page is told nothing. It is plain HTTP: over a network that you do not trust, use a tunnel (ssh -L 8642:127.0.0.1:8642 …).
Runs until Ctrl-C, or for --duration. With --json it prints one line: {"url": "http://127.0.0.1:8642/", "urls": […], "exchanges": ["gateio_spot"]}.

Examples:
  tapewire dashboard
  tapewire dashboard gateio_spot BTC/USDT ETH/USDT
  tapewire dashboard mexc_spot BTC/USDT --channels orderbook,trades --port 9000
  tapewire dashboard --rate 5000                  emulations under load
  tapewire dashboard gateio_spot BTC/USDT --host 0.0.0.0`

/** The first one that is free for most people. */
const usualPort = 8_642
const fastestRate = 20_000

export function addDashboardCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('dashboard')
    .summary('show a feed as a page in the browser')
    .description('Serve a page that shows feeds as they are: books, trades, latency, connections, gaps.')
    .argument('[exchange]', exchangeHint)
    .argument('[symbols...]', 'instruments, such as BTC/USDT')
    .option('--channels <list>', 'comma-separated; all that the exchange has of a market by default', collectWords)
    .option('--emulate <names...>', 'without an exchange: only these emulations', collectWords)
    .option('--rate <number>', 'without an exchange: what happens on each market, a second; 500 by default', parseRate)
  addNatsOptions(addEndpointOptions(addPackageOption(command)), 'optional')
    .option('--port <number>', 'where it listens; 0 takes a free one', parsePort, usualPort)
    .option('--host <address>', 'who may connect: an address of this machine, 0.0.0.0 for all of them', '127.0.0.1')
    .option('--token <text>', 'what a page must know to connect: 16 to 128 letters, digits, - and _', parseToken)
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option('--json', 'print one JSON object')
    .addOption(new Option('--page <folder>', 'serve the page from here, while it is worked on').hideHelp())
    .addHelpText('after', notes)
    .action(async (exchange: string | undefined, symbols: readonly string[], flags: DashboardFlags) => {
      const { runDashboard } = await import('./run-dashboard.js')
      await runDashboard(context, exchange ?? null, symbols, flags)
    })
}

function parseRate(text: string): number {
  const rate = Number(text)
  if (rate >= 1 && rate <= fastestRate) return rate
  throw usageError(`"${text}" is not a rate.`, `Write a number from 1 to ${fastestRate}.`)
}

function parseToken(text: string): string {
  if (isToken(text)) return text
  throw usageError(
    'The token is not one.',
    'Write 16 to 128 letters, digits, - and _; or leave it out, and one is made up.',
  )
}
