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

async function start(options: Partial<VenueServerOptions> = {}): Promise<void> {
  const factory = (context: VenueContext): Venue => {
    venue = new EchoVenue(context)
    return venue
  }
  server = await startVenueServer({ venue: factory, pairs: [btc], clock: new ManualClock(), ...options })
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
