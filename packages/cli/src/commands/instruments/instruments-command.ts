import { type InstrumentListing, listInstruments } from '@tapewire/core'
import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.js'
import { resolveGuest } from '../../exchanges/resolve-guest.js'
import { addEndpointOptions, type EndpointFlags, endpointsOf } from '../../options/endpoint-options.js'
import { addPackageOption, type ExchangeFlags, exchangeHint } from '../../options/exchange-options.js'
import { collectWords } from '../../options/list-option.js'
import { type Column, renderTable } from '../../terminal/table.js'

interface InstrumentsFlags extends EndpointFlags, ExchangeFlags {
  readonly exchange: string
  readonly base?: readonly string[]
  readonly quote?: readonly string[]
  readonly json?: true
}

const notes = `
One REST request, to --rest-url where it is given; no socket is opened. Steps and sizes are as the exchange lists them; - where it says nothing. With --json each line is
  {"instrument": "BTC/USDT", "wireSymbol": "BTC_USDT", "status": "trading", "priceStep": "0.1", "sizeStep": "0.00001",
   "minSize": null, "minQuoteSize": "3"}

Examples:
  tapewire instruments --exchange gateio_spot --quote USDT
  tapewire instruments --exchange mexc_spot --base BTC,ETH --json
  tapewire instruments --exchange gateio_spot --rest-url http://127.0.0.1:9000`

export function addInstrumentsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('instruments')
    .summary('list what an exchange trades')
    .description('Ask an exchange for its instruments, and print them.')
    .requiredOption('--exchange <name>', `whose instruments: ${exchangeHint}`)
    .option('--base <list>', 'only of these base assets, such as BTC,ETH', collectWords)
    .option('--quote <list>', 'only of these quote assets, such as USDT', collectWords)
  addEndpointOptions(addPackageOption(command))
    .option('--json', 'print JSON lines')
    .addHelpText('after', notes)
    .action((flags: InstrumentsFlags) => printInstruments(context, flags))
}

async function printInstruments(context: CommandContext, flags: InstrumentsFlags): Promise<void> {
  const { signal, out } = context
  const exchange = await resolveGuest(context, flags.exchange, flags.package)
  const listings = await listInstruments({ exchange, options: endpointsOf(flags), signal })
  const asked = listings.filter(({ instrument: { base, quote } }) => isIn(flags.base, base) && isIn(flags.quote, quote))
  if (asked.length === 0) context.note(`${exchange.title} lists ${listings.length} instruments, none of these.`)
  else if (flags.json === true)
    await out.text(asked.map((listing) => `${JSON.stringify(fieldsOf(listing))}\n`).join(''))
  else await out.text(`${renderTable(columns, asked.map(cellsOf))}\n`)
}

/** Whether an asset is asked for; in whatever letters, as nobody lists two that differ in those alone. */
function isIn(assets: readonly string[] | undefined, asset: string): boolean {
  return assets === undefined || assets.some((one) => one.toUpperCase() === asset.toUpperCase())
}

const columns: readonly Column[] = [
  { title: 'instrument' },
  { title: 'spelt' },
  { title: 'status' },
  { title: 'price step', align: 'right' },
  { title: 'size step', align: 'right' },
  { title: 'least size', align: 'right' },
  { title: 'least worth', align: 'right' },
]

function cellsOf(listing: InstrumentListing): readonly string[] {
  return Object.values(fieldsOf(listing)).map((field) => field ?? '-')
}

/** In the order of the columns; the instrument by its name. */
function fieldsOf(listing: InstrumentListing): Readonly<Record<keyof InstrumentListing, string | null>> {
  const { instrument, wireSymbol, status, priceStep, sizeStep, minSize, minQuoteSize } = listing
  return { instrument: instrument.name, wireSymbol, status, priceStep, sizeStep, minSize, minQuoteSize }
}
