import { requestedChannels, toInstrument } from '@tapewire/core'
import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { exchangeNames, loadExchange } from '../../exchanges/load-exchange.js'
import { addEndpointOptions, type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import { collectWords } from '../../options/list-option.js'
import { streamMessages } from './stream-messages.js'

interface StreamFlags extends EndpointFlags {
  readonly channels?: readonly string[]
  readonly candleInterval?: readonly string[]
  readonly duration?: number
  readonly json?: true
}

const defaultChannels = ['book_ticker', 'trades']

const notes = `
Channels: orderbook, trades, book_ticker, ticker, candles. Runs until Ctrl-C, or for --duration.
Times are the exchange's own where it sends them, in UTC. With --json each line is
  {"type": 3, "symbol": "BTC/USDT", "channel": "book_ticker", "exchangeTime": …, "sequence": …, "data": {…}, "receivedAt": …}

Examples:
  tapewire stream gateio_spot BTC/USDT ETH/USDT
  tapewire stream mexc_spot BTC/USDT --channels orderbook,trades --duration 30s
  tapewire stream gateio_spot BTC/USDT --channels candles --candle-interval 1m,1h
  tapewire stream gateio_spot BTC/USDT --json | jq .data
  tapewire stream gateio_spot BTC/USDT --url ws://127.0.0.1:9000/ --rest-url http://127.0.0.1:9000`

export function addStreamCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('stream')
    .summary('print what an exchange sends, as it comes')
    .description('Connect to an exchange and print its messages, one line each.')
    .argument('<exchange>', exchangeNames.join(' or '))
    .argument('<symbols...>', 'pairs, such as BTC/USDT')
    .option('--channels <list>', `comma-separated; ${defaultChannels.join(',')} by default`, collectWords)
    .option('--candle-interval <list>', 'widths of candles, such as 1m,1h; 1m by default', collectWords)
  addEndpointOptions(command)
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option('--json', 'print JSON lines')
    .addHelpText('after', notes)
    .action((exchange: string, symbols: string[], flags: StreamFlags) => stream(context, exchange, symbols, flags))
}

async function stream(
  context: CommandContext,
  exchangeName: string,
  symbols: readonly string[],
  flags: StreamFlags,
): Promise<void> {
  const { definition } = await loadExchange(exchangeName)
  const channels = requestedChannels(flags.channels ?? defaultChannels)
  const pairs = symbols.map(toInstrument)
  const { candleInterval: candleIntervals } = flags
  const options = { ...endpointsOf(flags), ...(candleIntervals === undefined ? {} : { candleIntervals }) }
  await streamMessages(context, {
    strategies: definition.public(options),
    request: { symbols: pairs, channels },
    durationMs: flags.duration ?? null,
    isJson: flags.json === true,
  })
}
