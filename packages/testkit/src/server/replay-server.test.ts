import { ManualClock } from '@tapewire/core/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CollectingClient } from '../../test/collecting-client.js'
import { type ReplayServer, type ReplayServerOptions, startReplayServer } from './replay-server.js'

type Frame = ReplayServerOptions['frames'][number]

const incoming = (content: string | Buffer, t: number | null = null): Frame => ({ dir: 'in', t, content })
const outgoing = (content: string): Frame => ({ dir: 'out', t: null, content })

let server: ReplayServer
const clients: CollectingClient[] = []

function connect(): CollectingClient {
  const client = new CollectingClient(server.url)
  clients.push(client)
  return client
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate()
  await server.close()
})

describe('startReplayServer', () => {
  it('delivers exactly the recorded frames, byte for byte and in order, at full speed', async () => {
    const content = fc.oneof(
      fc.string({ unit: 'binary' }).map(wellFormed),
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 700 }), async (contents) => {
        server = await startReplayServer({ frames: contents.map((one) => incoming(one, 5)), speed: 'max' })
        const client = connect()
        await client.open()
        client.socket.send('subscribe')
        expect(await client.take(contents.length)).toEqual(contents)
        await server.done
        expect([server.sent, server.total, client.unread]).toEqual([contents.length, contents.length, 0])
        client.socket.terminate()
        await server.close()
      }),
      { numRuns: 15 },
    )
  })

  it('begins with the first message of a client, and plays only what came in', async () => {
    server = await startReplayServer({
      frames: [outgoing('subscribe'), incoming('a'), outgoing('ping'), incoming('b')],
    })
    const client = connect()
    await client.open()
    await client.roundTrip()
    expect([client.unread, server.sent]).toEqual([0, 0])
    client.socket.send('subscribe')
    expect(await client.take(2)).toEqual(['a', 'b'])
  })

  it('begins at once where asked to', async () => {
    server = await startReplayServer({ frames: [incoming('a'), incoming('b')], startOn: 'connection' })
    expect(await connect().take(2)).toEqual(['a', 'b'])
    await server.done
  })

  it('begins on command, for clients present and to come', async () => {
    server = await startReplayServer({ frames: [incoming('a')], startOn: 'begin', acknowledge: () => ['ok'] })
    const present = connect()
    await present.open()
    present.socket.send('subscribe')
    expect(await present.next()).toBe('ok')
    await present.roundTrip()
    expect([present.unread, server.sent]).toEqual([0, 0])
    server.begin()
    expect(await present.next()).toBe('a')
    expect(await connect().next()).toBe('a')
  })

  it('plays every client its own whole capture', async () => {
    server = await startReplayServer({ frames: [incoming('a'), incoming('b')], startOn: 'connection' })
    const received = await Promise.all([connect(), connect(), connect()].map((client) => client.take(2)))
    expect(received).toEqual(Array.from({ length: 3 }, () => ['a', 'b']))
    expect([server.sent, server.clientsSeen]).toEqual([6, 3])
  })

  it('answers requests with what the hook says, and leaves out what it is told to', async () => {
    server = await startReplayServer({
      frames: [incoming('recorded ack'), incoming('data 1'), incoming('recorded pong'), incoming('data 2')],
      acknowledge: (message) => (message === 'ping' ? [] : [`ack of ${message}`, Buffer.from('and bytes')]),
      skip: ({ content }) => String(content).startsWith('recorded'),
    })
    const client = connect()
    await client.open()
    client.socket.send('request 7')
    client.socket.send('ping')
    expect(await client.take(4)).toEqual(['ack of request 7', Buffer.from('and bytes'), 'data 1', 'data 2'])
    expect(server.total).toBe(2)
  })

  it.each([
    [1, [0, 100, 350]],
    [2, [0, 50, 175]],
    [0.5, [0, 200, 700]],
  ])('keeps the recorded pace, times %d', async (speed, times) => {
    const clock = new ManualClock()
    const start = 1_619_093_532_770.836
    const frames = [
      incoming('a', start),
      incoming('a2'),
      incoming('b', start + 100),
      incoming('c', start + 350),
      incoming('c2', start + 340),
    ]
    server = await startReplayServer({ frames, speed, clock, startOn: 'begin' })
    const client = connect()
    await client.open()
    const seen: [number, string | Buffer][] = []
    const began = clock.now()
    server.begin()
    for (const content of ['a', 'a2', 'b', 'c', 'c2']) {
      while (client.unread === 0) {
        await client.roundTrip()
        if (client.unread === 0) clock.advance(clock.nextTimerInMs ?? 0)
      }
      seen.push([Math.round(clock.now() - began), await client.next()])
      expect(seen.at(-1)?.[1]).toBe(content)
    }
    expect(seen.map(([at]) => at)).toEqual([times[0], times[0], times[1], times[2], times[2]])
  })

  it('waits for a client that does not read, and loses nothing', async () => {
    const large = Array.from({ length: 3_000 }, (_, index) => `${index} ${'x'.repeat(10_000)}`)
    server = await startReplayServer({ frames: large.map((one) => incoming(one)), speed: 'max', startOn: 'begin' })
    const client = connect()
    await client.open()
    client.socket.pause()
    server.begin()
    const other = connect()
    expect(await other.take(large.length)).toEqual(large)
    expect(server.sent).toBeLessThan(2 * large.length)
    client.socket.resume()
    expect(await client.take(large.length)).toEqual(large)
  })

  it('waits while stalled', async () => {
    const frames = Array.from({ length: 1_000 }, (_, index) => incoming(String(index)))
    server = await startReplayServer({ frames, speed: 'max' })
    const client = connect()
    await client.open()
    server.faults.stall()
    client.socket.send('subscribe')
    await client.roundTrip()
    expect([client.unread, server.sent]).toEqual([0, 0])
    server.faults.resume()
    expect(await client.take(1_000)).toHaveLength(1_000)
  })

  it('stops for a client that leaves, and begins again for the next', async () => {
    const clock = new ManualClock()
    server = await startReplayServer({ frames: [incoming('a', 0), incoming('b', 100)], clock, startOn: 'connection' })
    const leaver = connect()
    expect(await leaver.next()).toBe('a')
    leaver.socket.terminate()
    while (server.clients > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(clock.pendingTimers).toBe(0)
    expect(await connect().next()).toBe('a')
    while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(100)
    await server.done
    expect(server.sent).toBe(3)
  })

  it('answers REST requests from the capture', async () => {
    const rest = [{ url: 'https://host/depth?symbol=X', status: 200, body: '{"id":1}' }]
    server = await startReplayServer({ frames: [], rest })
    expect(await (await fetch(`${server.restUrl}/depth?symbol=X`)).json()).toEqual({ id: 1 })
    expect((await fetch(`${server.restUrl}/depth?symbol=Y`)).status).toBe(404)
  })

  it('resolves `done` when it closes early, and keeps what a hook has thrown', async () => {
    const acknowledge = (): never => {
      throw new Error('broken hook')
    }
    server = await startReplayServer({ frames: [incoming('a')], acknowledge })
    const client = connect()
    await client.open()
    client.socket.send('subscribe')
    expect(await client.closed).toBe(1011)
    expect(server.failures.map(String)).toEqual(['Error: broken hook'])
    await server.close()
    await server.done
  })

  it('refuses a speed that is none', async () => {
    server = await startReplayServer({ frames: [] })
    await expect(startReplayServer({ frames: [], speed: 0 })).rejects.toThrow(
      'The speed must be above 0 or "max", not 0.',
    )
  })
})

/** Text a WebSocket can carry: lone surrogates have no UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
