import { parseInstrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { startVenueServer } from '@tapewire/testkit'
import { expect, it } from 'vitest'
import type { FeedNotes } from '../../notes/feed-notes.js'
import { FeedOpener } from './feed-opener.js'
import type { RelayPlan } from './plan-relay.js'

it('an account that is opened again and again, as a group does, is kept and measured only while it is open', async () => {
  const { createVenue, credentials } = gateioSpotEmulation
  const venue = await startVenueServer({ venue: createVenue, pairs: [parseInstrument('BTC/USDT')] })
  const account = { name: 'main', credentials, channels: ['balances'], replicas: undefined } as const
  const endpoints = { url: venue.url, restUrl: venue.restUrl }
  const plan: RelayPlan = {
    definition: gateioSpot,
    endpoints,
    nats: { servers: 'nats://127.0.0.1:9' },
    group: null,
    market: null,
    account,
  }
  const feeds = new FeedOpener(plan, {} as FeedNotes, new AbortController().signal)
  // It was given up, and another one is opened in its place.
  const wanted = new AbortController()
  const first = await feeds.account(account, wanted.signal)
  await first.close()
  const second = await feeds.account(account, wanted.signal)
  expect([...feeds.measured.keys()]).toEqual([second.manager])
  // It is another member's.
  wanted.abort()
  await second.close()
  expect(feeds.measured.size).toBe(0)
  await expect(feeds.account(account, AbortSignal.abort())).rejects.toThrow('aborted')
  await feeds.close()
  await venue.close()
})
