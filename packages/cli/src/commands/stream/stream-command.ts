import {
  type AnyExchangeDefinition,
  type CandleInterval,
  type Channel,
  type PublicChannel,
  publicChannels,
} from '@tapewire/core'
import type { Command } from 'commander'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { parseDuration } from '../../duration.js'
import { publicChannelsOf } from '../../exchanges/channels-of.js'
import { checkWords } from '../../options/check-words.js'
import { addEndpointOptions, type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import { addPackageOption, type ExchangeFlags, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { addMetricsOptions, type MetricsFlags } from '../../options/metrics-options.js'
import { nameExchange } from '../../options/name-exchange.js'
import { addNatsOptions, type NatsFlags } from '../../options/nats-options.js'
import { parseStoredEnd, parseStoredStart, type RangeFlags } from '../../options/stored-range.js'
import { streamMessages } from './stream-messages.js'

interface StreamFlags extends EndpointFlags, ExchangeFlags, MetricsFlags, NatsFlags, RangeFlags {
  readonly channels?: readonly string[]
  readonly candleIntervals?: readonly string[]
  readonly duration?: number
  readonly flight?: string
  readonly json?: true
  readonly plain?: true
}

/** Of an exchange that has none of them, the first it has. */
const defaultChannels: readonly PublicChannel[] = ['book_ticker', 'trades']
/** A screen has a book and the change of a day as well. */
const screenChannels: readonly PublicChannel[] = ['orderbook', 'trades', 'book_ticker', 'ticker']

const notes = `
Channels: ${publicChannels.join(', ')}, as far as the exchange has them. Runs until Ctrl-C, or for --duration.
With --from and --to it prints what NATS keeps between the two, says how much that was, and ends.
On a terminal it shows book, trades, connections and streams on a screen, of ${screenChannels.join(', ')} by default: q quits, ? explains
its keys and signs. Elsewhere, and with --plain or --json, it prints a line a message.
Times are the exchange's own where it sends them, in UTC. With --json each line is
  {"type": 3, "stream": "spot.book_ticker:BTC_USDT", "symbol": "BTC/USDT", "channel": "book_ticker", "exchangeTime": …,
   "sequence": …, "data": {…}, "receivedAt": …}
With --flight the last 30 s of frames and REST answers are kept in memory, and written down as a capture when a stream is gapped, a frame cannot
be read, or an order book is wrong: tapewire replay shows the fault again.

Examples:
  tapewire stream gateio_spot BTC/USDT ETH/USDT
  tapewire stream mexc_spot BTC/USDT --channels orderbook,trades --duration 30s
  tapewire stream gateio_spot BTC/USDT --channels candles --candle-intervals 1m,1h
  tapewire stream gateio_spot BTC/USDT --json | jq .data
  tapewire stream gateio_spot BTC/USDT --channels orderbook --flight faults
  tapewire stream gateio_spot BTC/USDT --metrics-port 9464
  tapewire stream gateio_spot BTC/USDT --nats nats://127.0.0.1:4222        what a tapewire relay publishes
  tapewire stream gateio_spot BTC/USDT --nats nats://127.0.0.1:4222 --from -10m     what its --keep has kept, then what comes
  tapewire stream gateio_spot BTC/USDT --nats nats://127.0.0.1:4222 --from first --to last --json > kept.jsonl
  tapewire stream gateio_spot BTC/USDT --url ws://127.0.0.1:9000/ --rest-url http://127.0.0.1:9000`

export function addStreamCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('stream')
    .summary('show what an exchange sends, as it comes')
    .description('Connect to an exchange and show its market on a screen, or print its messages, one line each.')
    .argument('<exchange>', exchangeHint)
    .argument('<symbols...>', 'instruments, such as BTC/USDT')
    .option('--channels <list>', `comma-separated; ${defaultChannels.join(',')} by default`, collectWords)
    .option('--candle-intervals <list>', 'widths of candles, such as 1m,1h; 1m by default', collectWords)
  addNatsOptions(addMetricsOptions(addEndpointOptions(addPackageOption(command))), 'optional')
    .option('--duration <time>', 'end after this long: 500ms, 5s, 2m', parseDuration)
    .option(
      '--from <start>',
      'with --nats: begin where it is kept: first, 2026-11-27T07:00:00Z, -10m',
      parseStoredStart,
    )
    .option(
      '--to <end>',
      'with --from: end there: last (all that is kept when it begins), or a time as of --from',
      parseStoredEnd,
    )
    .option(
      '--flight <folder>',
      'without --nats: write what went over the wire into this folder when something goes wrong',
    )
    .option('--plain', 'print lines, on a terminal as well')
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
  checkWords(symbols, flags)
  if (flags.nats !== undefined && flags.flight !== undefined)
    throw usageError(
      '--flight writes what an exchange sends, and it is taken from NATS.',
      'Leave it out, or leave out --nats.',
    )
  const ended = new AbortController()
  const definition = await nameExchange(context, exchangeName, flags, () => ended.abort())
  // What has an end is read, not watched.
  const isReplay = flags.to !== undefined
  const isWatched = context.canShowScreen && flags.plain !== true && !isReplay
  const channels = (flags.channels ??
    usualChannels(definition, isWatched ? screenChannels : defaultChannels)) as readonly Channel[]
  // Names as they were typed: the manager says what is wrong with them.
  const candleIntervals = flags.candleIntervals as readonly CandleInterval[] | undefined
  const endpoints = endpointsOf(flags)
  const [durationMs, flightFolder] = [flags.duration ?? null, flags.flight ?? null]
  if (isWatched) {
    const { streamOnScreen } = await import('./stream-on-screen.js')
    const job = { definition, endpoints, symbols, channels, candleIntervals, durationMs, flightFolder, metrics: flags }
    await streamOnScreen(context, job)
    return
  }
  await streamMessages(context, {
    strategies: definition.public(endpoints),
    request: { symbols, channels, ...(candleIntervals === undefined ? {} : { candleIntervals }) },
    durationMs,
    ended: isReplay ? ended.signal : null,
    flightFolder,
    isJson: flags.json === true,
    metrics: flags,
  })
}

function usualChannels(definition: AnyExchangeDefinition, wanted: readonly PublicChannel[]): readonly Channel[] {
  const supported = publicChannelsOf(definition)
  const usual = supported.filter((channel) => wanted.includes(channel))
  return usual.length > 0 ? usual : supported.slice(0, 1)
}
