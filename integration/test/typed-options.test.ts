import { createPrivateExchange, createPublicExchange, type PublicExchangeOptions } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { startVenueServer } from '@tapewire/testkit'
import { describe, expectTypeOf, it } from 'vitest'

const symbols = ['BTC/USDT']
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
