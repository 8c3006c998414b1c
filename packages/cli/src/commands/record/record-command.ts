import { channels } from '@tapewire/core'
import type { Command } from 'commander'
import { parseByteSize } from '../../byte-size.js'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { addEndpointOptions } from '../../options/endpoint-options.js'
import { addPackageOption, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { addMetricsOptions } from '../../options/metrics-options.js'
import { defaultChannels, planFeeds } from './plan-feeds.js'
import type { RecordFlags } from './record-flags.js'

const notes = `
Every frame in both directions goes into FILE, one JSON object a line, REST answers into FILE's .rest.jsonl beside it; with gzip where
FILE ends in .gz. The files are called .part until they are complete. Runs until Ctrl-C, or for --duration.
Channels: ${channels.join(', ')}, as far as the exchange has them. Those of an account (orders, executions, …) are recorded of all
its instruments, with the key in TAPEWIRE_API_KEY and TAPEWIRE_API_SECRET. Keys, signatures and listen keys are left out of the files.
With --rotate-size or --rotate-every the parts are FILE with a number, session.0001.jsonl, each to be read by itself: it has the books as they
stood when it began in .books.jsonl beside it.
--json prints one object at the end: {"files": [{"path", "frames", "responses", "bytes"}], "frames", "responses", "dropped"}

Examples:
  tapewire record gateio_spot BTC/USDT ETH/USDT --out session.jsonl --duration 10m
  tapewire record mexc_spot BTC/USDT --channels orderbook,trades,book_ticker --out tape.jsonl.gz --rotate-every 1h
  tapewire replay session.jsonl --exchange gateio_spot --books`

export function addRecordCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('record')
    .summary('write what an exchange sends into a capture')
    .description(
      'Connect to an exchange and write every frame and REST answer into a capture, which replay and decode read.',
    )
    .argument('<exchange>', exchangeHint)
    .argument('[symbols...]', 'instruments, such as BTC/USDT')
    .requiredOption('--out <file>', 'where to: session.jsonl, or session.jsonl.gz')
    .option('--channels <list>', `comma-separated; ${defaultChannels.join(',')} by default`, collectWords)
    .option('--candle-intervals <list>', 'widths of candles, such as 1m,1h; 1m by default', collectWords)
  addMetricsOptions(addEndpointOptions(addPackageOption(command)))
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option('--rotate-size <size>', 'begin another part once one has so much, before gzip: 64MB', parseByteSize)
    .option('--rotate-every <time>', 'begin another part so often: 15m, 1h', parseDuration)
    .option('--json', 'print one JSON object at the end')
    .addHelpText('after', notes)
    .action(async (exchange: string, symbols: string[], flags: RecordFlags) => {
      const plans = planFeeds(context, await resolveGuest(context, exchange, flags.package), symbols, flags)
      const { recordFeeds } = await import('./record-feeds.js')
      await recordFeeds(context, plans, flags)
    })
}
