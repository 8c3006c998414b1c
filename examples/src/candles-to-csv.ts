// Candles as lines of CSV on standard output: one line for each candle that is over, and at the end one for each that is not.
// `npm run --silent candles-to-csv > candles.csv` writes a file. Ends by itself after a few updates; with --live by Ctrl-C.
import { type ChannelMessage, createPublicExchange } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { openVenue } from './support/venue.js'

type Candle = ChannelMessage<'candles'>

const symbols = ['BTC/USDT', 'ETH/USDT']
const venue = await openVenue(symbols)
const feed = await createPublicExchange({
  exchange: gateioSpot,
  symbols,
  channels: ['candles'],
  candleIntervals: ['1m'],
  options: venue.options,
  on: {
    // A candle that grew while nobody looked may lack volume: whoever reads the file should know.
    gap: ({ symbol, from, reason }) =>
      console.error(`${symbol}: something is missing since ${isoTime(from)} (${reason})`),
    error: (error) => console.error(error.message),
  },
})
process.once('SIGINT', () => feed.close())

/** The candle of each stream that is not over yet. */
const growing = new Map<string, Candle>()
const wanted = venue.cut === null ? Number.POSITIVE_INFINITY : 4

console.log('symbol,interval,openTime,open,high,low,close,baseVolume,quoteVolume,isOver')
let updates = 0
for await (const message of feed.messages({ channel: 'candles' })) {
  const before = growing.get(message.stream.id)
  // Not every exchange says that a candle is over: a later one says it as well.
  if (before !== undefined && message.data.openTime > before.data.openTime) console.log(line(before, true))
  if (message.data.closed === true) {
    console.log(line(message, true))
    growing.delete(message.stream.id)
  } else {
    growing.set(message.stream.id, message)
  }
  updates += 1
  if (updates === wanted) break
}
for (const candle of growing.values()) console.log(line(candle, false))

await feed.close()
await venue.close()

function line({ symbol, data }: Candle, isOver: boolean): string {
  const { interval, openTime, open, high, low, close, baseVolume, quoteVolume } = data
  // What the exchange does not send is null, and an empty cell.
  const cells = [
    symbol,
    interval,
    isoTime(openTime),
    open,
    high,
    low,
    close,
    baseVolume ?? '',
    quoteVolume ?? '',
    isOver,
  ]
  return cells.join(',')
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}
