import {
  type Clock,
  type FeedMessage,
  MessageType,
  WebSocketManager,
  type WebSocketManagerOptions,
} from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import type { AccountEvent } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { MexcClient } from './support/mexc-client.js'
import { btc, eth, type MexcServer, startMexcServer } from './support/mexc-server.js'

let venue: MexcServer
let messages: FeedMessage[]
let waiting: (() => void)[]
let manager: WebSocketManager | null
/** What waits for a minute to pass. */
let minuteTimers: (() => void)[]
/** The machine's, but for minutes, which pass when told to: pings and deadlines are answered in their own time. */
const clock: Clock = {
  ...systemClock,
  setTimer(delayMs, callback) {
    if (delayMs !== 60_000) return systemClock.setTimer(delayMs, callback)
    minuteTimers.push(callback)
    return { cancel: () => void minuteTimers.splice(minuteTimers.indexOf(callback) >>> 0, 1) }
  },
}

beforeEach(async () => {
  venue = await startMexcServer()
  messages = []
  waiting = []
  manager = null
  minuteTimers = []
})

afterEach(async () => {
  await manager?.close()
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

function onMessage(message: FeedMessage): void {
  messages.push(message)
  for (const resolve of waiting.splice(0)) resolve()
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve))
}

describe('market data through the manager', () => {
  it('is subscribed, acknowledged and delivered', async () => {
    const strategies = mexcSpot.public({ url: venue.server.url, restUrl: venue.server.restUrl })
    manager = new WebSocketManager({ strategies, onMessage })
    await manager.initialize({ symbols: ['BTC/USDT', 'ETH/USDT'], channels: ['trades', 'book_ticker'] })
    venue.clock.advance(100)
    await until(() => messages.length >= 2)
    expect(messages.slice(0, 2)).toMatchObject([
      { type: MessageType.BookTicker, symbol: btc },
      { type: MessageType.BookTicker, symbol: eth },
    ])
  })

  it('names the one stream MEXC refuses; the others stay', async () => {
    const strategies = mexcSpot.public({ url: venue.server.url, restUrl: venue.server.restUrl })
    manager = new WebSocketManager({ strategies, onMessage })
    await manager.initialize({ symbols: ['BTC/USDT'], channels: ['book_ticker'] })
    await expect(manager.subscribe(['ETH/USDT', 'FOO/USDT'])).rejects.toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      rejected: [{ symbol: 'FOO/USDT', channel: 'book_ticker', reason: 'Blocked!' }],
    })
    venue.clock.advance(100)
    await until(() => messages.some(({ symbol }) => symbol === eth))
  })
})

describe('the tickers of all pairs through the manager', () => {
  function tickers(): WebSocketManager {
    const strategies = mexcSpot.public({ url: venue.server.url, tickerChannel: 'miniTickers' })
    manager = new WebSocketManager({ strategies, onMessage })
    return manager
  }

  /** The symbols of the next push, which is delivered as one message a symbol. */
  async function nextPush(lastSymbol: string): Promise<string[]> {
    messages = []
    venue.clock.advance(3_000)
    await until(() => messages.some(({ symbol }) => String(symbol) === lastSymbol))
    return messages.map(({ type, symbol }) => `${type} ${symbol}`)
  }

  const told = (...names: string[]): string[] => names.map((name) => `${MessageType.Ticker} ${name}`)

  it('are one stream', async () => {
    await tickers().initialize({ symbols: [], channels: ['ticker'] })
    expect(await nextPush('龙虾/USDT')).toEqual(told('BTC/USDT', 'ETH/USDT', '龙虾/USDT'))
  })

  it('are told for the symbols that were asked for, each until it is unsubscribed; the stream ends with the last', async () => {
    const feed = tickers()
    await feed.initialize({ symbols: ['BTC/USDT', '龙虾/USDT'], channels: ['ticker'] })
    expect(await nextPush('龙虾/USDT')).toEqual(told('BTC/USDT', '龙虾/USDT'))
    await feed.subscribe(['ETH/USDT'])
    expect(await nextPush('龙虾/USDT')).toEqual(told('BTC/USDT', 'ETH/USDT', '龙虾/USDT'))
    await feed.unsubscribe(['BTC/USDT'])
    expect(await nextPush('龙虾/USDT')).toEqual(told('ETH/USDT', '龙虾/USDT'))
    await feed.unsubscribe(['龙虾/USDT'])
    expect(await nextPush('ETH/USDT')).toEqual(told('ETH/USDT'))
    expect([feed.streamState('BTC/USDT', 'ticker'), feed.streamState('ETH/USDT', 'ticker')?.status]).toEqual([
      null,
      'live',
    ])
    expect(venue.asked).toEqual(['SUBSCRIPTION'])
    await feed.unsubscribe(['ETH/USDT'])
    expect(venue.asked).toEqual(['SUBSCRIPTION', 'UNSUBSCRIPTION'])
    expect(feed.streamStates()).toEqual([])
  })
})

describe('the account through the manager', () => {
  it('is delivered as it happens, to the last digit', async () => {
    manager = await openAccount({})
    const events: AccountEvent[] = []
    for (let step = 0; step < 40; step += 1) events.push(...venue.account.step())
    await until(() => messages.length >= events.length)
    expect(messages.map(essence)).toEqual(events.map(truth))
  })

  it('comes back with a fresh listen key after an abrupt end', async () => {
    const states: string[] = []
    manager = await openAccount({ onConnectionState: ({ state }) => note(states, state) })
    const [before] = venue.control.listenKeys
    venue.server.faults.terminateAll()
    await until(() => states.filter((state) => state === 'connected').length === 2)
    await manager.subscribe([], ['orders'])
    venue.account.step()
    await until(() => messages.length > 0)
    expect(venue.control.listenKeys).not.toContain(before)
  })

  it('moves to a fresh listen key when MEXC has forgotten the one in use', async () => {
    const states: string[] = []
    manager = await openAccount({ onConnectionState: ({ state }) => note(states, state) })
    venue.control.expireListenKeys()
    venue.account.step()
    for (const callback of minuteTimers.splice(0)) callback()
    await venue.subscriptions(2)
    const events = Array.from({ length: 10 }, () => venue.account.step()).flat()
    await until(() => messages.length >= events.length)
    expect(messages.map(essence)).toEqual(events.map(truth))
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
  })

  it('gives its listen key back at the end', async () => {
    manager = await openAccount({})
    expect(venue.control.listenKeys).toHaveLength(1)
    await manager.close()
    expect(venue.control.listenKeys).toEqual([])
  })
})

function note(states: string[], state: string): void {
  states.push(state)
  for (const resolve of waiting.splice(0)) resolve()
}

async function openAccount(options: Partial<WebSocketManagerOptions>): Promise<WebSocketManager> {
  const { url, restUrl } = venue.server
  const strategies = mexcSpot.private(demoCredentials, { url, restUrl })
  const opened = new WebSocketManager({ ...options, strategies, clock, onMessage })
  await opened.initialize({ symbols: [], channels: ['orders', 'executions', 'balances'] })
  return opened
}

describe('listen keys at the venue', () => {
  it('that it does not know are refused in words, and the connection with them', async () => {
    const client = await MexcClient.connect(`${venue.server.url}?listenKey=${'0'.repeat(64)}`)
    expect(await client.closed).toMatchObject({ code: 1005 })
    expect(client.replies).toEqual(['Invalid listen key'])
  })
})

/** What a message and the event behind it have in common. */
function essence(message: FeedMessage): unknown {
  switch (message.type) {
    case MessageType.Order: {
      const { createdAt, updatedAt, ...order } = message.data
      return { pair: message.symbol, ...order }
    }
    case MessageType.Trade:
      return { pair: message.symbol, ...message.data }
    case MessageType.Balance: {
      const { reason, ...balance } = message.data[0] as (typeof message.data)[number]
      return balance
    }
    default:
      return message
  }
}

function truth(event: AccountEvent): unknown {
  switch (event.kind) {
    case 'order': {
      const { kind, protectivePrice, quoteSize, filledQuote, fee, endedBy, createdAt, updatedAt, ...order } = event
      return order
    }
    case 'fill': {
      const { kind, ...fill } = event
      return fill
    }
    case 'balance': {
      const { kind, lockedChange, reason, ...balance } = event
      return balance
    }
  }
}
