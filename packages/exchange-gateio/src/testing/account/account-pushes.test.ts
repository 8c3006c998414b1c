import { type BalanceData, MessageType, type OrderData } from '@tapewire/core'
import { addDecimals, type ParsedMessage } from '@tapewire/core/adapter'
import type { AccountEvent } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { type FakeClient, openVenue, startSeconds } from '../../../test/support/emulation.js'
import { btcUsdt, parseOne } from '../../../test/support/frames.js'
import { signedText, signerOf } from '../../shared/signature.js'
import { demoCredentials } from '../authorize.js'

const { sign, apiKey } = signerOf(demoCredentials)

function listen(client: FakeClient, channel: string, payload: readonly string[]): void {
  const SIGN = sign(signedText(channel, 'subscribe', startSeconds))
  const auth = { method: 'api_key', KEY: apiKey, SIGN }
  const [acknowledged] = client.ask({ time: startSeconds, channel, event: 'subscribe', payload, auth })
  expect(acknowledged?.result).toEqual({ status: 'success' })
}

function messagesOf(client: FakeClient): ParsedMessage[] {
  return client.takeTexts().map((text) => parseOne(text))
}

describe('the account of the emulation', () => {
  it('says through the parser what truly happened, in its order', () => {
    const { connect, venue } = openVenue()
    const client = connect()
    for (const channel of ['spot.orders', 'spot.usertrades']) listen(client, channel, ['!all'])
    listen(client, 'spot.balances', [])
    const happened: AccountEvent[] = []
    venue.account.listen((event) => happened.push(event))
    for (let step = 0; step < 400; step++) {
      venue.account.step()
      venue.account.market.step()
    }
    const seen = messagesOf(client).map((message) => [message.symbol, message.channel, idOf(message.data)])
    expect(seen).toEqual(
      happened.map((event) => {
        if (event.kind === 'balance') return [null, 'balances', `${event.asset} ${event.free} ${event.locked}`]
        if (event.kind === 'fill') return [event.pair, 'executions', event.id]
        return [event.pair, 'orders', `${event.id} ${event.status} ${event.filledSize} ${event.averagePrice}`]
      }),
    )
  })

  it('counts a market buy in quote currency, and names the time in force that ended an order', () => {
    const { connect, venue } = openVenue()
    const client = connect()
    listen(client, 'spot.orders', ['!all'])
    const { account } = venue
    const price = account.market.book(btcUsdt, 10).bids[5]?.[0] ?? ''
    const limit = { pair: btcUsdt, side: 'buy', price, size: '0.5' } as const
    account.place({ pair: btcUsdt, side: 'buy', type: 'market', quoteSize: '1000' })
    for (const timeInForce of ['ioc', 'fok'] as const) account.place({ ...limit, timeInForce })
    account.place({ ...limit, price: account.market.book(btcUsdt, 1).asks[0]?.[0] ?? '', timeInForce: 'post_only' })
    account.place({ ...limit, type: 'stop', triggerPrice: price })
    const rows = client.takeTexts().map((text) => JSON.parse(text).result[0])
    expect(rows.map(({ type, event, finish_as }) => [type, event, finish_as])).toEqual([
      ['market', 'put', 'open'],
      ['market', 'finish', 'filled'],
      ['limit', 'put', 'open'],
      ['limit', 'finish', 'ioc'],
      ['limit', 'put', 'open'],
      ['limit', 'finish', 'fok'],
      ['limit', 'put', 'open'],
      ['limit', 'finish', 'poc'],
    ])
    const [placed, filled] = rows
    expect(placed).toMatchObject({ amount: '1000', left: '1000', price: '0', filled_total: '0', time_in_force: 'ioc' })
    expect(Number(filled.left) + Number(filled.filled_total)).toBeCloseTo(1000, 8)
  })

  it('has with each order what its fills cost so far', () => {
    const { connect, venue } = openVenue()
    const client = connect()
    listen(client, 'spot.orders', ['!all'])
    listen(client, 'spot.usertrades', ['!all'])
    for (let step = 0; step < 300; step++) venue.account.step()
    const paid = new Map<string, string>()
    let finished = 0
    for (const { channel, result } of client.takeTexts().map((text) => JSON.parse(text))) {
      const [row] = result
      if (channel === 'spot.orders') expect(row.fee).toBe(paid.get(row.id) ?? '0')
      else paid.set(row.order_id, addDecimals(paid.get(row.order_id) ?? '0', row.fee) ?? '')
      if (row.event === 'finish' && row.fee !== '0') finished += 1
    }
    expect(finished).toBeGreaterThan(10)
  })

  it('has 0 as the change of a balance that an order locks', () => {
    const { connect, venue } = openVenue()
    const client = connect()
    listen(client, 'spot.balances', [])
    const price = venue.account.market.book(btcUsdt, 10).bids[5]?.[0] ?? ''
    venue.account.place({ pair: btcUsdt, side: 'buy', price, size: '0.5' })
    const [row] = client.takeTexts().map((text) => JSON.parse(text).result[0])
    expect(row).toMatchObject({ currency: 'USDT', change: '0', freeze: row.freeze_change, change_type: 'order-create' })
  })

  it('tells the orders of one market to who asked for one', () => {
    const { connect, venue } = openVenue()
    const client = connect()
    listen(client, 'spot.orders', ['BTC_USDT'])
    for (let step = 0; step < 50; step++) venue.account.step()
    const messages = messagesOf(client)
    expect(messages.length).toBeGreaterThan(5)
    expect(new Set(messages.map((message) => message.symbol))).toEqual(new Set([btcUsdt]))
  })

  it('lives while somebody listens', () => {
    const { connect, clock, venue } = openVenue()
    const client = connect()
    listen(client, 'spot.balances', [])
    clock.advance(1_000)
    const messages = messagesOf(client)
    expect(messages.length).toBeGreaterThan(0)
    expect(new Set(messages.map((message) => message.type))).toEqual(new Set([MessageType.Balance]))
    client.leave()
    expect(clock.pendingTimers).toBe(0)
    venue.close()
  })
})

function idOf(data: unknown): string {
  if (Array.isArray(data)) {
    const [{ asset, free, locked }] = data as [BalanceData]
    return `${asset} ${free} ${locked}`
  }
  const { id, status, filledSize, averagePrice } = data as OrderData
  return status === undefined ? id : `${id} ${status} ${filledSize} ${averagePrice}`
}
