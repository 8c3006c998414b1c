import { once } from 'node:events'
import { parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { CollectingClient } from '../../test/collecting-client.js'
import { EchoVenue } from '../../test/echo-venue.js'
import type { Venue, VenueContext } from '../venue/venue.js'
import { startVenueServer, type VenueServer, type VenueServerOptions } from './venue-server.js'

const btc = parseInstrument('BTC/USDT')

let server: VenueServer
let venue: EchoVenue
let clock: ManualClock

async function start(options: Partial<VenueServerOptions> = {}): Promise<void> {
  const factory = (context: VenueContext): Venue => {
    venue = new EchoVenue(context)
    return venue
  }
  clock = new ManualClock()
  server = await startVenueServer({ venue: factory, pairs: [btc], clock, ...options })
}

async function connected(path = ''): Promise<CollectingClient> {
  const client = new CollectingClient(server.url + path)
  expect(await client.next()).toBe('welcome')
  return client
}

/** Resolves once the server has noticed how many clients it has. */
async function clientsBecome(count: number): Promise<void> {
  while (server.clients !== count) await new Promise((resolve) => setImmediate(resolve))
}

afterEach(() => server.close())

describe('SocketFaults', () => {
  it('cut every client, with and without a close frame', async () => {
    await start()
    for (const [cut, code] of [
      [() => server.faults.terminateAll(), 1006],
      [() => server.faults.resetAll(), 1006],
      [() => server.faults.closeAll(), 1005],
      [() => server.faults.closeAll(1012, 'restart'), 1012],
    ] as const) {
      const clients = [await connected(), await connected()]
      cut()
      expect(await Promise.all(clients.map((client) => client.closed))).toEqual([code, code])
    }
  })

  it('stall: nothing is sent, pings are answered, and what waited comes in order', async () => {
    await start()
    const client = await connected()
    server.faults.stall()
    for (const text of ['a', 'b', 'close']) client.socket.send(text)
    await client.roundTrip()
    expect(client.unread).toBe(0)
    const late = new CollectingClient(server.url)
    await late.open()
    await late.roundTrip()
    expect(late.unread).toBe(0)
    server.faults.resume()
    expect([await client.next(), await client.next()]).toEqual(['a', 'b'])
    expect(await client.closed).toBe(1005)
    expect(await late.next()).toBe('welcome')
  })

  it('freeze: nothing is read either until it ends, and a frozen client can still be cut', async () => {
    await start()
    const client = await connected()
    server.faults.freeze()
    client.socket.send('a')
    const other = new CollectingClient(server.url)
    await other.open()
    expect(venue.received).toEqual([])
    server.faults.resume()
    expect(await client.next()).toBe('a')
    server.faults.freeze()
    server.faults.terminateAll()
    expect(await client.closed).toBe(1006)
    await clientsBecome(0)
  })

  it('refuse connections until they are accepted again', async () => {
    await start()
    server.faults.refuseConnections({ status: 429, headers: { 'retry-after': '7' }, body: '<html></html>' })
    const client = new WebSocket(server.url)
    client.on('error', () => {})
    const [, response] = await once(client, 'unexpected-response')
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '7'])
    response.destroy()
    server.faults.acceptConnections()
    await connected()
    expect(venue.requests).toHaveLength(1)
  })

  it('refuse REST requests until they are answered again', async () => {
    await start()
    server.faults.refuseRequests(418)
    expect((await fetch(server.restUrl)).status).toBe(418)
    server.faults.answerRequests()
    expect((await fetch(server.restUrl)).status).toBe(200)
  })

  it('rewrite: lose, repeat and corrupt what is sent', async () => {
    await start()
    const client = await connected()
    server.faults.rewrite((data) =>
      data === 'lost' ? [] : data === 'twice' ? [data, data] : [String(data).toUpperCase()],
    )
    for (const text of ['lost', 'twice', 'loud']) client.socket.send(text)
    expect([await client.next(), await client.next(), await client.next()]).toEqual(['twice', 'twice', 'LOUD'])
    server.faults.rewrite(null)
    client.socket.send('lost')
    expect(await client.next()).toBe('lost')
  })

  it('lose, repeat, reorder and corrupt frames by name', async () => {
    await start()
    const client = await connected()
    const say = (...texts: string[]): void => {
      for (const text of texts) client.socket.send(text)
    }
    const isLetter = (data: unknown): boolean => String(data).length === 1
    server.faults.loseFrames(1, isLetter)
    server.faults.duplicateFrames(1, (data) => data === 'b')
    server.faults.reorderFrames(1, (data) => data === 'c')
    server.faults.corruptFrames(1, (data) => data === 'longer')
    say('word', 'a', 'b', 'c', 'd', 'longer')
    const heard = await client.take(6)
    expect(heard.slice(0, 5)).toEqual(['word', 'b', 'b', 'd', 'c'])
    expect(heard[5]).not.toBe('longer')
  })

  it('delay every frame by the clock, in order, the close frame too', async () => {
    await start()
    const client = await connected()
    server.faults.delay(1_000)
    for (const text of ['a', 'b', 'close']) client.socket.send(text)
    await client.roundTrip()
    clock.advance(999)
    await client.roundTrip()
    expect(client.unread).toBe(0)
    clock.advance(1)
    expect([await client.next(), await client.next(), await client.closed]).toEqual(['a', 'b', 1005])
    expect(clock.pendingTimers).toBe(0)
  })

  it('read slowly: a client that sends much has to wait', async () => {
    await start({ maxBacklogBytes: Number.POSITIVE_INFINITY })
    const client = await connected()
    server.faults.readSlowly(1_000)
    const total = 400
    for (let sent = 0; sent < total; sent++) client.socket.send('x'.repeat(100_000))
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(venue.received.length).toBeLessThan(10)
    expect(client.socket.bufferedAmount).toBeGreaterThan(1_000_000)
    server.faults.readSlowly(0)
    clock.advance(1_000)
    await client.take(total)
  })

  it('ping every client in one burst', async () => {
    await start()
    const client = await connected()
    const pings: string[] = []
    client.socket.on('ping', (payload: Buffer) => pings.push(String(payload)))
    server.faults.pings(50)
    await client.roundTrip()
    expect([pings.length, pings.at(-1)]).toEqual([50, '50'])
  })

  it('answer REST requests late, slowly, without an end or never, until they are answered again', async () => {
    await start()
    const ask = async (): Promise<string> => (await fetch(server.restUrl)).text()
    const body = await ask()
    server.faults.slowAnswers({ delayMs: 5_000, bytesPerSecond: 100 })
    const slow = ask()
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(clock.nextTimerInMs).toBe(5_000)
    clock.advance(5_000)
    expect(clock.nextTimerInMs).toBe(100)
    clock.advance(10_000)
    expect(await slow).toBe(body)
    server.faults.endlessAnswers()
    const { body: endless } = await fetch(server.restUrl)
    const reader = endless?.getReader()
    for (let read = 0; read < 100 * body.length; ) read += (await reader?.read())?.value?.length ?? 0
    await reader?.cancel()
    server.faults.slowAnswers({ delayMs: Number.POSITIVE_INFINITY })
    const life = new AbortController()
    const never = fetch(server.restUrl, { signal: life.signal }).catch(() => 'given up')
    while (venue.requests.filter(({ method }) => method === 'GET').length < 4)
      await new Promise((resolve) => setImmediate(resolve))
    life.abort()
    expect(await never).toBe('given up')
    server.faults.answerRequests()
    expect(await ask()).toBe(body)
    expect(clock.pendingTimers).toBe(0)
  })

  it('are all healed at once', async () => {
    await start()
    const client = await connected()
    server.faults.loseFrames({ share: 1 })
    server.faults.delay(1_000)
    server.faults.readSlowly(1_000)
    server.faults.refuseConnections()
    server.faults.refuseRequests()
    server.faults.freeze()
    server.faults.heal()
    client.socket.send('heard')
    expect(await client.next()).toBe('heard')
    await connected()
    expect((await fetch(server.restUrl)).status).toBe(200)
  })

  it('take no number that is out of range', async () => {
    await start()
    expect(() => server.faults.delay(-1)).toThrow(RangeError)
    expect(() => server.faults.pings(Number.NaN)).toThrow(RangeError)
    expect(() => server.faults.slowAnswers({ bytesPerSecond: 0 })).toThrow(RangeError)
  })

  it('are not needed to cut a client that falls too far behind', async () => {
    await start({ maxBacklogBytes: 100_000 })
    const held = await connected()
    server.faults.stall()
    for (let sent = 0; sent < 3; sent++) held.socket.send('x'.repeat(50_000))
    expect(await held.closed).toBe(1006)
    server.faults.resume()
    const slow = await connected()
    slow.socket.pause()
    // More than the buffers of two sockets hold.
    for (let sent = 0; sent < 300; sent++) slow.socket.send('x'.repeat(100_000))
    await clientsBecome(0)
    slow.socket.terminate()
  })
})
