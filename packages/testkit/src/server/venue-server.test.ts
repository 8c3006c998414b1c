import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
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

describe('startVenueServer', () => {
  it('carries text and bytes both ways between a client and the venue', async () => {
    await start()
    const client = await connected()
    client.socket.send('hello')
    expect(await client.next()).toBe('hello')
    client.socket.send(Buffer.from('bytes'))
    const [data, isBinary] = await once(client.socket, 'message')
    expect([String(data), isBinary]).toEqual(['bytes', true])
    expect([server.clients, server.clientsSeen]).toEqual([1, 1])
  })

  it('tells the venue of pings of the protocol, and answers them itself', async () => {
    await start()
    const client = await connected()
    await client.roundTrip()
    expect(venue.received).toEqual(['a ping frame'])
  })

  it('gives the venue the path, query and headers of the handshake', async () => {
    await start({ path: '/ws' })
    const client = new CollectingClient(`${server.url}?listenKey=abc`)
    await client.next()
    expect(venue.requests[0]?.url.pathname).toBe('/ws')
    expect(venue.requests[0]?.url.searchParams.get('listenKey')).toBe('abc')
    expect(venue.requests[0]?.headers.upgrade).toBe('websocket')
  })

  it('answers REST requests with what the venue says, body included', async () => {
    await start()
    const response = await fetch(`${server.restUrl}/api?b=2&a=1`, { method: 'POST', body: 'content' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({ query: '?b=2&a=1', body: 'content' })
    const long = await fetch(server.restUrl, { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) })
    expect(long.status).toBe(413)
  })

  it('refuses a handshake with the status, headers and body of the venue', async () => {
    await start()
    const client = new WebSocket(`${server.url}refused`)
    client.on('error', () => {})
    const [, response] = await once(client, 'unexpected-response')
    response.setEncoding('utf8')
    let body = ''
    for await (const chunk of response) body += chunk
    expect([response.statusCode, response.headers['content-type'], body]).toEqual([403, 'text/html', '<html>no</html>'])
    expect([server.clients, server.clientsSeen]).toEqual([0, 0])
  })

  it('lets the venue close with and without a code, and cut', async () => {
    await start()
    for (const [message, code] of [
      ['close', 1005],
      ['close 4001', 4001],
      ['terminate', 1006],
    ] as const) {
      const client = await connected()
      client.socket.send(message)
      expect(await client.closed).toBe(code)
    }
    await clientsBecome(0)
    expect(venue.openSessions).toBe(0)
    expect(server.clientsSeen).toBe(3)
  })

  it('forgets clients that leave, however they do', async () => {
    await start()
    const polite = await connected()
    const abrupt = await connected()
    const halfClosed = await rawClient(server.url)
    await clientsBecome(3)
    polite.socket.close()
    abrupt.socket.terminate()
    halfClosed.end()
    await clientsBecome(0)
    expect(venue.openSessions).toBe(0)
    halfClosed.destroy()
  })

  it('ends the session of a handshake that turns out not to be one', async () => {
    await start()
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400/)
    expect([venue.openSessions, server.clients]).toEqual([0, 0])
    socket.destroy()
  })

  it('reports what a broken emulation throws, and goes on', async () => {
    await start()
    expect((await fetch(`${server.restUrl}/broken`)).status).toBe(500)
    const refused = new WebSocket(`${server.url}broken`)
    refused.on('error', () => {})
    const [, response] = await once(refused, 'unexpected-response')
    expect(response.statusCode).toBe(500)
    response.destroy()
    const client = await connected()
    client.socket.send('break')
    expect(await client.closed).toBe(1011)
    expect(server.failures.map(String)).toEqual([
      'Error: broken emulation',
      'Error: broken emulation',
      'Error: broken session',
    ])
    await connected()
  })

  it('runs its market on the clock it was given, and stops it with itself', async () => {
    const clock = new ManualClock()
    await start({ clock, intervalMs: 10 })
    const client = await connected()
    clock.advance(3_000)
    expect(await client.next()).toMatch(/^trade \d+$/)
    await server.close()
    expect(clock.pendingTimers).toBe(0)
    expect(venue.isClosed).toBe(true)
  })

  it('leaves no socket, session or server behind when it closes, once or twice', async () => {
    await start()
    const client = await connected()
    const raw = await rawClient(server.url)
    await fetch(server.restUrl).then((response) => response.text())
    await server.close()
    await server.close()
    expect(server.clients).toBe(0)
    expect(venue.openSessions).toBe(0)
    expect(await client.closed).toBe(1006)
    raw.destroy()
    while (tcpHandles().length > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  it('says that a port is taken, and by which address', async () => {
    await start()
    const port = Number(new URL(server.url).port)
    const second = startVenueServer({ venue: (context) => new EchoVenue(context), pairs: [btc], port })
    await expect(second).rejects.toMatchObject({
      code: 'ERR_PORT_IN_USE',
      shortMessage: `Port ${port} of 127.0.0.1 is in use.`,
      hint: 'Choose another port, or 0 for any that is free.',
    })
  })

  it('ends the venue where it cannot listen', async () => {
    await start()
    let failed: EchoVenue | null = null
    const factory = (context: VenueContext): Venue => {
      failed = new EchoVenue(context)
      return failed
    }
    const starting = startVenueServer({ venue: factory, pairs: [btc], host: '192.0.2.1' })
    await expect(starting).rejects.toMatchObject({ code: 'ERR_SERVER_FAILED' })
    expect(failed).toMatchObject({ isClosed: true })
  })
})

/** A client on a bare socket, its handshake done: it can do what no WebSocket library would. */
async function rawClient(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  const key = Buffer.alloc(16, 1).toString('base64')
  socket.write(
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  )
  await once(socket, 'data')
  return socket
}

/** Servers and sockets that keep this process alive. */
function tcpHandles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'))
}
