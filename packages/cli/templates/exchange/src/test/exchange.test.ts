import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseInstrument, SubscriptionError, WebSocketManager } from '@tapewire/core'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { newexSpot } from '../index.js'
import { type NewexSpotVenue, newexSpotVenue } from '../testing/index.js'

describe('newex_spot at its emulation', () => {
  let server: VenueServer<NewexSpotVenue>
  let manager: WebSocketManager

  before(async () => {
    server = await startVenueServer({ venue: newexSpotVenue, pairs: [parseInstrument('BTC/USDT')] })
    manager = new WebSocketManager({ strategies: newexSpot.public({ url: server.url }), onMessage: () => {} })
  })

  after(async () => {
    await manager.close()
    await server.close()
  })

  it('subscribes to every channel of a market', async () => {
    await manager.initialize({
      symbols: ['BTC/USDT'],
      channels: ['trades', 'orderbook', 'book_ticker', 'ticker', 'candles'],
    })
  })

  it('names what the exchange refuses', async () => {
    await assert.rejects(manager.subscribe(['FOO/USDT'], ['trades']), SubscriptionError)
  })
})
