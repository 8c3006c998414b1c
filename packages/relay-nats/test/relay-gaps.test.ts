import type { ExchangeFeed, FeedMessage, GapEvent } from '@tapewire/core'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { AccountScene, untilEqual } from './support/account-scene.js'
import { btc, gateio, RelayScene, told, until } from './support/scene.js'

const wanted = { symbols: [btc], channels: ['trades', 'ticker'] } as const

/** What a feed tells of trades, and its gaps. */
function watch(feed: ExchangeFeed): { readonly trades: FeedMessage[]; readonly gaps: GapEvent[] } {
  const [trades, gaps]: [FeedMessage[], GapEvent[]] = [[], []]
  feed.on('trades', (message) => trades.push(message))
  feed.on('gap', (gap) => gaps.push(gap))
  return { trades, gaps }
}

const ofTrades = (gaps: readonly GapEvent[]) => gaps.filter(({ channel }) => channel === 'trades')

describe.skipIf(!hasNatsServer)('a gap of the relay at the exchange', () => {
  test('is one gap at the consumer too, of which is told what the relay made of it', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    await scene.relay(source)
    const feed = await scene.follow(wanted)
    const [atRelay, here] = [watch(source), watch(feed)]
    await scene.trade(4)
    await until(() => here.trades.length > 0)
    scene.venue.faults.terminateAll()
    await scene.trade(4)
    await until(() => ofTrades(atRelay.gaps).length === 1 && ofTrades(here.gaps).length === 1)
    await scene.trade(2)
    await until(() => here.trades.length === atRelay.trades.length)
    const [relayed, own] = [ofTrades(atRelay.gaps)[0], ofTrades(here.gaps)[0]]
    expect(relayed).toMatchObject({ action: 'backfilled', fault: null })
    const { action, backfilled, fault } = relayed as GapEvent
    expect(own).toMatchObject({ action, backfilled, fault })
    expect(backfilled).toBeGreaterThan(0)
    expect(here.trades.map(told)).toEqual(atRelay.trades.map(told))
    expect(here.trades.filter((message) => message.backfilled === true)).toHaveLength(backfilled)
    await until(() => here.gaps.some(({ channel }) => channel === 'ticker'))
    expect(here.gaps.find(({ channel }) => channel === 'ticker')).toMatchObject({ action: 'resynchronised' })
  })

  test('of an account is told as the relay tells it, of every channel', async () => {
    await using scene = await AccountScene.open('gateio')
    const { record: source } = await scene.relay()
    const { record } = await scene.follow()
    await scene.trade(20)
    await untilEqual(source, record)
    scene.server.faults.terminateAll()
    await scene.trade(20)
    await until(() => source.gaps.length === 3 && record.gaps.length === 3)
    await untilEqual(source, record)
    const actionsOf = (gaps: readonly GapEvent[]) =>
      Object.fromEntries(gaps.map(({ channel, action, backfilled, fault }) => [channel, { action, backfilled, fault }]))
    expect(actionsOf(record.gaps)).toEqual(actionsOf(source.gaps))
    expect(actionsOf(record.gaps)).toMatchObject({ executions: { action: 'backfilled' }, balances: { action: 'lost' } })
  })
})
