import { channels } from '@tapewire/core'
import type { Command } from 'commander'
import { parseByteSize } from '../../byte-size.js'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { addEndpointOptions } from '../../options/endpoint-options.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { addMetricsOptions } from '../../options/metrics-options.js'
import { addNatsOptions, natsNotes } from '../../options/nats-options.js'
import { defaultChannels, planRelay, type RelayFlags } from './plan-relay.js'

const notes = `
Connects to the exchange once, for any number of programs: each message goes over NATS to tapewire.<exchange>.<channel>.<symbol>, with the states of
its stream, gaps, alerts, and whole order books for those who come late. A program reads it by natsFeed of @tapewire/relay-nats, and
tapewire stream EXCHANGE SYMBOL… --nats URL shows it. Runs until Ctrl-C, or for --duration.
Channels: ${channels.join(', ')}, as far as the exchange has them. Those of an account (orders, executions, …) are kept in JetStream and
come exactly once, with the exchange's key in TAPEWIRE_API_KEY and TAPEWIRE_API_SECRET.
With --group NAME any number of machines share the market's instruments, and an account: each is with one of them, and with another within --lease and
a second of that one's end. All are started with the same instruments, channels, --lease, --keep and --replicas. With --standby this one is logged in to the account while another
publishes it, so that nothing of it is missing when that one dies. Together they open no more connections than the exchange allows an address or a key.
With --keep NATS keeps channels of the market as well, each for --keep-age and up to --keep-bytes, the oldest giving way first: tapewire stream --from
reads them from there. The nats-server needs JetStream (-js) for that, for groups and for accounts; with a cluster of three, --replicas 3 has what is kept outlive the loss of one.
${natsNotes}
--json prints one object at the end: {"records", "frames", "bytes", "droppedRecords", "streams", "asks", "reconnects", "account"}, where account is
{"stored", "duplicates", "dropped"}, or null where none is relayed.

Examples:
  tapewire relay gateio_spot BTC/USDT ETH/USDT --nats nats://127.0.0.1:4222
  tapewire relay mexc_spot BTC/USDT --channels orderbook,trades,book_ticker --nats nats://127.0.0.1:4222
  tapewire relay gateio_spot BTC/USDT ETH/USDT --group desk --nats nats://127.0.0.1:4222      on each machine
  tapewire relay gateio_spot --channels orders,executions --account main --group desk --standby --nats nats://127.0.0.1:4222
  tapewire relay gateio_spot BTC/USDT --keep trades,orderbook --keep-age 2h --keep-bytes 10GB --nats nats://127.0.0.1:4222
  tapewire stream gateio_spot BTC/USDT --channels trades --nats nats://127.0.0.1:4222         and anywhere, to look`

export function addRelayCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('relay')
    .summary('publish what an exchange sends, for other processes and machines')
    .description('Connect to an exchange and publish its market, or an account, over NATS.')
    .argument('<exchange>', exchangeHint)
    .argument('[symbols...]', 'instruments, such as BTC/USDT')
    .option('--channels <list>', `comma-separated; ${defaultChannels.join(',')} by default`, collectWords)
    .option('--candle-intervals <list>', 'widths of candles, such as 1m,1h; 1m by default', collectWords)
  addNatsOptions(command, 'required')
  addMetricsOptions(addEndpointOptions(addPackageOption(command)))
    .option('--account <name>', 'how the account is called on subjects: a name of yours; main by default')
    .option('--group <name>', 'share the streams with every relay of this name')
    .option('--member <name>', 'with --group: how this machine is called there; by default its host and process')
    .option('--address <name>', 'with --group: the same on all machines behind one address; by default the host name')
    .option('--lease <time>', 'with --group: how long a silent machine keeps its streams; 5s by default', parseDuration)
    .option('--standby', 'with --group: keep the account of another machine warm, to take over without a loss')
    .option(
      '--keep <list>',
      'channels of the market that NATS keeps, such as trades,orderbook; none by default',
      collectWords,
    )
    .option('--keep-age <time>', 'with --keep: what is older is removed; 24h by default', parseDuration)
    .option('--keep-bytes <size>', 'with --keep: how much of each channel, such as 10GB; 1GB by default', parseByteSize)
    .option(
      '--replicas <number>',
      'servers of a cluster that keep a copy of what is kept: 1, 3 or 5; 1 by default',
      parseReplicas,
    )
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option('--json', 'print one JSON object at the end')
    .addHelpText('after', notes)
    .action(async (exchange: string, symbols: string[], flags: RelayFlags) => {
      const plan = planRelay(context, await resolveGuest(context, exchange, flags.package), symbols, flags)
      const { runRelay } = await import('./run-relay.js')
      await runRelay(context, plan, flags)
    })
}

function parseReplicas(text: string): number {
  if (['1', '3', '5'].includes(text)) return Number(text)
  throw usageError(`"${text}" is no number of copies.`, 'Write 3 for a cluster of three servers, 5 for one of five.')
}
