import {
  createPrivateExchange,
  createPublicExchange,
  type FrameEvent,
  type InstrumentListing,
  listInstruments,
  type PublicExchangeOptions,
  type RejectedStream,
  WebSocketManager,
} from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { startVenueServer } from '@tapewire/testkit'
import { describe, expectTypeOf, it } from 'vitest'

const symbol = 'BTC/USDT'
const symbols = [symbol]
const credentials = { apiKey: 'key', apiSecret: 'secret' }

/** Never called: the compiler alone judges it, and a line that is expected to be wrong and is not fails the type check. */
export const judged: (() => unknown)[] = [
  () => createPublicExchange({ exchange: gateioSpot, symbols, options: { orderbookChannel: 'obu' } }),
  () => createPublicExchange({ exchange: mexcSpot, symbols, options: { orderbookChannel: 'limit.depth' } }),
  () => createPublicExchange({ exchange: gateioSpot, symbols, options: { socket: { transport: 'ws' } } }),
  () => createPrivateExchange({ exchange: mexcSpot, credentials, options: { recvWindowMs: 10_000 } }),
  () => createPublicExchange({ exchange: 'gateio_spot', symbols, options: { anything: 'goes' } }),
  // @ts-expect-error a channel of another exchange
  () => createPublicExchange({ exchange: gateioSpot, symbols, options: { orderbookChannel: 'limit.depth' } }),
  // @ts-expect-error a misspelled option
  () => createPublicExchange({ exchange: mexcSpot, symbols, options: { orderbookChanel: 'limit.depth' } }),
  // @ts-expect-error a transport there is not
  () => createPublicExchange({ exchange: gateioSpot, symbols, options: { socket: { transport: 'walk' } } }),
  // @ts-expect-error an option of the account's
  () => createPublicExchange({ exchange: mexcSpot, symbols, options: { recvWindowMs: 10_000 } }),
  // @ts-expect-error an option of the market's
  () => createPrivateExchange({ exchange: mexcSpot, credentials, options: { orderbookChannel: 'limit.depth' } }),
  async () => {
    const { signal } = new AbortController()
    await using feed = await createPublicExchange({
      exchange: gateioSpot,
      symbols,
      signal,
      retry: true,
      onRefused: 'continue',
    })
    await using trades = feed.messages({ channel: 'trades', signal })
    await feed.subscribe(['ETH/USDT'], ['trades'], { signal })
    for await (const { data } of trades) expectTypeOf(data[0]?.price).toEqualTypeOf<number | undefined>()
  },
  async () => {
    // What a listener returns is nobody's business, unless it is a promise.
    const seen: object[] = []
    const push = (message: object): number => seen.push(message)
    const store = async (message: object): Promise<number> => push(message)
    await createPublicExchange({ exchange: gateioSpot, symbols, on: { trades: push, error: push, message: store } })
    return new WebSocketManager({ strategies: gateioSpot.public(), onMessage: store, onError: push })
  },
  async () => {
    const entries = ['BTC/USDT', { symbol: 'ETH/USDT', channels: ['candles'], candleIntervals: ['1m', '1h'] }] as const
    const feed = await createPublicExchange({ exchange: gateioSpot, symbols: entries, channels: ['trades'] as const })
    await feed.subscribe(entries)
    await feed.unsubscribe(entries)
    feed.on('frame', (frame) => expectTypeOf(frame).toEqualTypeOf<FrameEvent>())
    feed.once('connection', ({ attempt, delayMs, nextAttemptAt }) =>
      expectTypeOf([attempt, delayMs, nextAttemptAt]).toEqualTypeOf<(number | null)[]>(),
    )
    expectTypeOf(feed.on('candles', ({ data }) => data.interval)).toEqualTypeOf<() => void>()
    expectTypeOf(feed.refused).toEqualTypeOf<readonly RejectedStream[]>()
    // @ts-expect-error a misspelt field of a symbol
    await feed.subscribe([{ symbol: 'BTC/USDT', chanels: ['candles'] }])
    // @ts-expect-error a width of candles that there is not
    await feed.subscribe([{ symbol: 'BTC/USDT', channels: ['candles'], candleIntervals: ['7m'] }])
    // @ts-expect-error a signal in place of the options that hold one
    await feed.subscribe(['BTC/USDT'], ['trades'], new AbortController().signal)
    expectTypeOf(await listInstruments({ exchange: mexcSpot })).toEqualTypeOf<readonly InstrumentListing[]>()
  },
  // @ts-expect-error a channel of the account
  () => createPublicExchange({ exchange: 'gateio_spot', symbols, channels: ['orders'] }),
  // @ts-expect-error a channel of the account, of one symbol
  () => createPublicExchange({ exchange: gateioSpot, symbols: [{ symbol: 'BTC/USDT', channels: ['orders'] }] }),
  // @ts-expect-error a channel of the market
  () => createPrivateExchange({ exchange: gateioSpot, credentials, channels: ['trades'] }),
  // @ts-expect-error a channel of the market, of one symbol
  () => createPrivateExchange({ exchange: gateioSpot, credentials, symbols: [{ symbol, channels: ['trades'] }] }),
  // @ts-expect-error an event that there is not
  () => createPublicExchange({ exchange: gateioSpot, symbols, on: { trade: () => {} } }),
  // @ts-expect-error an answer to refusals that there is not
  () => createPublicExchange({ exchange: gateioSpot, symbols, onRefused: 'ignore' }),
  async () => (await startVenueServer({ venue: gateioSpotVenue, pairs: [] })).venue.control.announceUpgrade(5_000),
  // @ts-expect-error Gate.io has no listen keys
  async () => (await startVenueServer({ venue: gateioSpotVenue, pairs: [] })).venue.control.expireListenKeys(),
]

describe('the options of a feed', () => {
  it('are those of the definition that is passed', () => {
    type Options = NonNullable<PublicExchangeOptions<typeof gateioSpot>['options']>
    expectTypeOf<NonNullable<Options['orderbookChannel']>>().toEqualTypeOf<'order_book_update' | 'obu'>()
  })
})
