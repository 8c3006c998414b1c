import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createEnv, openSocket, type Transport } from '../src/adapter.js'
import { type Clock, systemClock } from '../src/clock/clock.js'
import { type SocketOptions, StreamError } from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { RawServer } from './support/raw-server.js'
import { closePayload, serverFrame } from './support/server-frame.js'
import { TransportRecord } from './support/transport-record.js'
import { Waiting } from './support/waiting.js'

const endings: (() => unknown)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

describe.each(['ws', 'walker'] as const)('the transport "%s"', (transport) => {
  async function open(url: string, options: SocketOptions = {}, clock: Clock = systemClock): Promise<Transport> {
    const socket = { ...options, transport }
    const opened = await openSocket({ url, headers: {} }, createEnv({ socket, clock }))
    endings.push(() => opened.terminate())
    return opened
  }

  /** A `ws` server with one client: the transport under test, which is already listening. */
  async function connect(options: SocketOptions = {}): Promise<{
    client: Transport
    record: TransportRecord
    server: WebSocket
    seen: string[]
    until: (condition: () => boolean) => Promise<void>
  }> {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    endings.push(() => sockets.close())
    await once(sockets, 'listening')
    const connected = once(sockets, 'connection') as Promise<[WebSocket]>
    const client = await open(`ws://127.0.0.1:${(sockets.address() as AddressInfo).port}/`, options)
    const [server] = await connected
    endings.push(() => server.terminate())
    const seen: string[] = []
    const waiting = new Waiting()
    const note = (what: string): void => {
      seen.push(what)
      waiting.wake()
    }
    server.on('message', (data: Buffer, isBinary) => note(isBinary ? `0x${data.toString('hex')}` : `${data}`))
    server.on('ping', (data) => note(`ping ${data}`))
    server.on('pong', (data) => note(`pong ${data}`))
    server.on('close', (code, reason) => note(`close ${code} ${reason}`))
    server.on('error', (error: Error & { code?: string }) => note(`error ${error.code}`))
    const record = new TransportRecord()
    client.listen(record)
    return { client, record, server, seen, until: (condition) => waiting.until(condition) }
  }

  /** A server of bytes with one client, likewise. */
  async function connectRaw(
    options: SocketOptions = {},
    clock: Clock = systemClock,
  ): Promise<{
    client: Transport
    record: TransportRecord
    write: (...frames: Buffer[]) => void
    server: Awaited<ReturnType<RawServer['peer']>>
  }> {
    const raw = await RawServer.start()
    endings.push(() => raw.close())
    const client = await open(raw.url, options, clock)
    const server = await raw.peer()
    const record = new TransportRecord()
    client.listen(record)
    return { client, record, server, write: (...frames) => server.socket.write(Buffer.concat(frames)) }
  }

  test('delivers text and binary messages both ways, in order', async () => {
    const { client, record, server, seen, until } = await connect()
    for (const message of ['first', Buffer.from([1, 2]), '', 'Grüße']) server.send(message)
    await record.until(() => record.messages.length === 4)
    expect(record.messages).toEqual(['first', '0x0102', '', 'Grüße'])
    for (const message of ['first', new Uint8Array([1, 2]), '', 'Grüße']) expect(client.send(message)).toBe(true)
    await until(() => seen.length === 4)
    expect(seen).toEqual(['first', '0x0102', '', 'Grüße'])
  })

  test.each([125, 126, 65_535, 65_536, 5_000_000])('carries a message of %i bytes both ways', async (length) => {
    const { client, record, server } = await connect()
    server.on('message', (data: Buffer) => server.send(data))
    const payload = Buffer.alloc(length, 'there and back')
    client.send(payload)
    await record.until(() => record.messages.length === 1)
    expect(record.messages[0] === `0x${payload.toString('hex')}`).toBe(true)
  })

  test('joins the fragments of a message', async () => {
    const { record, server } = await connect()
    server.send('one ', { fin: false })
    server.ping('between')
    server.send('two ', { fin: false })
    server.send('three', { fin: true })
    server.send('next')
    await record.until(() => record.messages.length === 2)
    expect(record.messages).toEqual(['one two three', 'next'])
  })

  test('keeps text that is not UTF-8 as it came', async () => {
    const { record, write } = await connectRaw()
    write(serverFrame(1, Buffer.from([0x61, 0xf8])), serverFrame(2, 'behind'))
    await record.until(() => record.messages.length === 2)
    expect(record.messages[0]).toBe('a\ufffd')
  })

  test('reads nothing before listen(), not even what came with the handshake', async () => {
    const greeting = Buffer.concat([serverFrame(1, 'hello'), serverFrame(1, 'trader').subarray(0, 4)])
    const raw = await RawServer.start((peer) => Buffer.concat([Buffer.from(peer.acceptance()), greeting]))
    endings.push(() => raw.close())
    const client = await open(raw.url)
    const server = await raw.peer()
    server.socket.write(serverFrame(1, 'trader').subarray(4))
    client.send('a turn of the event loop')
    await server.until(() => server.frames.length === 1)
    const record = new TransportRecord()
    client.listen(record)
    await record.until(() => record.messages.length === 2)
    expect(record.messages).toEqual(['hello', 'trader'])
  })

  test('gives what comes from now on to the listener named last', async () => {
    const { client, record, server } = await connect()
    server.send('one')
    await record.until(() => record.messages.length === 1)
    const later = new TransportRecord()
    client.listen(later)
    server.send('two')
    server.close(1000)
    await later.closed()
    expect([record.messages, record.closes, later.messages]).toEqual([['one'], [], ['two']])
  })

  test('stamps a message with the time it was read', async () => {
    const { client, record, server } = await connect()
    const before = performance.timeOrigin + performance.now()
    const times: number[] = []
    client.listen({
      onFrame: (frame) => times.push(frame.receivedAt),
      onPong: () => {},
      onClose: (end) => record.onClose(end),
    })
    server.send('now')
    server.close(1000)
    await record.closed()
    expect(times).toHaveLength(1)
    expect(times[0]).toBeGreaterThanOrEqual(before)
    expect(times[0]).toBeLessThanOrEqual(performance.timeOrigin + performance.now())
  })

  test('answers a ping with its payload, and reports a pong', async () => {
    const { client, record, server, seen, until } = await connect()
    server.ping('are you there')
    await until(() => seen.length === 1)
    client.ping()
    await record.until(() => record.pongs === 1)
    expect(seen).toEqual(['pong are you there', 'ping '])
  })

  test('answers the latest of 20,000 pings in one burst for all of them, and goes on', async () => {
    const { client, record, server, write } = await connectRaw()
    const total = 20_000
    write(...Array.from({ length: total }, (_, index) => serverFrame(9, `${index + 1}`)), serverFrame(1, 'behind'))
    await record.until(() => record.messages.length === 1)
    const isLast = ({ payload }: { readonly payload: Buffer }): boolean => payload.toString() === `${total}`
    await server.until(() => server.frames.some(isLast))
    expect(server.frames.filter(({ opcode }) => opcode === 10).length).toBeLessThan(total / 5)
    client.send('still there')
    await server.until(() => server.frames.at(-1)?.payload.toString() === 'still there')
  })

  test('piles up no pongs for a server that sends pings and does not read', async () => {
    const { client, record, server, write } = await connectRaw()
    server.socket.pause()
    while (client.bufferedBytes < 1024 * 1024) client.send(Buffer.alloc(256 * 1024))
    const before = client.bufferedBytes
    write(...Array.from({ length: 20_000 }, (_, index) => serverFrame(9, `${index + 1}`)), serverFrame(1, 'behind'))
    await record.until(() => record.messages.length === 1)
    expect(client.bufferedBytes).toBeLessThanOrEqual(before)
    server.socket.resume()
    await server.until(() => server.frames.some(({ opcode }) => opcode === 10))
    const pongs = server.frames.filter(({ opcode }) => opcode === 10)
    expect(pongs.map(({ payload }) => payload.toString())).toEqual(['20000'])
  })

  test('holds back while paused: the server has to wait, and nothing is lost', async () => {
    const { client, record, server } = await connect()
    const payload = Buffer.alloc(64 * 1024)
    const total = 512
    record.onMessage = () => {
      if (record.messages.length === 1) client.pause()
    }
    for (let index = 0; index < total; index += 1) {
      payload.writeUInt32BE(index)
      server.send(Buffer.from(payload))
    }
    await record.until(() => record.messages.length > 0)
    const { length } = record.messages
    client.ping()
    await once(server, 'ping')
    expect(record.messages.length - length).toBeLessThan(3)
    expect(server.bufferedAmount).toBeGreaterThan(0)
    client.resume()
    await record.until(() => record.messages.length === total)
    expect(record.messages.map((message) => Number.parseInt(message.slice(2, 10), 16))).toEqual([
      ...Array(total).keys(),
    ])
  })

  test('counts what it could not hand over yet, and forgets it once the server reads', async () => {
    const { client, server, seen, until } = await connect()
    server.pause()
    for (let index = 0; index < 512; index += 1) client.send(Buffer.alloc(64 * 1024))
    expect(client.bufferedBytes).toBeGreaterThan(1024 * 1024)
    server.resume()
    await until(() => seen.length === 512)
    expect(client.bufferedBytes).toBe(0)
  })

  describe('ends', () => {
    test.each([
      [1000, ''],
      [1001, 'going away'],
      [1013, 'try again later'],
      [4000, 'Grüße'],
    ])('with the server’s close code %i and reason "%s", which it echoes', async (code, reason) => {
      const { record, server, seen, until } = await connect()
      server.send('last words')
      server.close(code, reason)
      expect(await record.closed()).toEqual({ code, reason, error: null })
      expect(record.messages).toEqual(['last words'])
      await until(() => seen.length === 1)
      expect(seen).toEqual([`close ${code} ${reason}`])
    })

    test.each([
      ['with a code', closePayload(1001, 'going away'), { code: 1001, reason: 'going away', error: null }],
      ['without one', Buffer.alloc(0), { code: 1005, reason: '', error: null }],
    ])(
      'at once with the server’s close frame %s, and ends a socket that the server leaves open',
      async (_how, payload, end) => {
        const clock = new ManualClock()
        const { client, record, server, write } = await connectRaw({}, clock)
        write(serverFrame(1, 'last words'), serverFrame(8, payload))
        expect(await record.closed()).toEqual(end)
        await server.until(() => server.frames.length === 1)
        expect(server.frames.map(({ opcode, payload: answer }) => [opcode, answer])).toEqual([[8, payload]])
        expect([record.messages, client.send('too late'), clock.pendingTimers]).toEqual([['last words'], false, 1])
        const closed = once(server.socket, 'close')
        server.socket.on('error', () => {})
        clock.advance(1_000)
        server.socket.end()
        await closed
        expect([record.closes.length, clock.pendingTimers]).toEqual([1, 0])
      },
    )

    test('with 1005 where the server’s close frame has no code, and answers without one', async () => {
      const { record, server, seen, until } = await connect()
      server.close()
      expect(await record.closed()).toEqual({ code: 1005, reason: '', error: null })
      await until(() => seen.length === 1)
      expect(seen).toEqual(['close 1005 '])
    })

    test('by a close of our own, delivering what comes before the answer', async () => {
      const { client, record, server, write } = await connectRaw()
      client.close(4001, 'enough')
      client.close(1000)
      expect(client.send('too late')).toBe(false)
      client.ping()
      await server.until(() => server.frames.length > 0)
      write(serverFrame(1, 'still on its way'), serverFrame(8, closePayload(4001, 'enough')), serverFrame(1, 'ignored'))
      await server.until(() => server.isEnded)
      server.socket.end()
      expect(await record.closed()).toEqual({ code: 4001, reason: 'enough', error: null })
      expect(record.messages).toEqual(['still on its way'])
      expect(server.frames.map(({ opcode, payload }) => [opcode, payload.toString('hex')])).toEqual([
        [8, closePayload(4001, 'enough').toString('hex')],
      ])
    })

    test('for whoever sends, as soon as the server’s close frame is answered', async () => {
      const { client, server, write } = await connectRaw()
      write(serverFrame(8, closePayload(1000, 'bye')))
      await server.until(() => server.frames.length > 0)
      expect(client.send('too late')).toBe(false)
      await server.until(() => server.isEnded)
      expect(server.frames.map(({ opcode }) => opcode)).toEqual([8])
    })

    test('by a close of our own while paused', async () => {
      const { client, record, seen, until } = await connect()
      client.pause()
      client.close()
      expect(await record.closed()).toEqual({ code: 1000, reason: '', error: null })
      await until(() => seen.length === 1)
      expect(seen).toEqual(['close 1000 '])
    })

    test.each([
      ['ends the socket', (socket: Socket) => socket.end()],
      ['destroys the socket', (socket: Socket) => socket.destroy()],
      ['resets the connection', (socket: Socket) => socket.resetAndDestroy()],
    ])('with 1006 where the server %s in the middle of a frame', async (_how, cut) => {
      const { client, record, server, write } = await connectRaw()
      write(serverFrame(1, 'whole'), serverFrame(1, 'cut short').subarray(0, 5))
      await record.until(() => record.messages.length === 1)
      cut(server.socket)
      expect(await record.closed()).toMatchObject({ code: 1006, reason: '' })
      expect(client.send('nobody there')).toBe(false)
      client.ping()
      client.close()
      client.terminate()
      expect(record.messages).toEqual(['whole'])
    })

    test('with 1006 when it is terminated, once', async () => {
      const { client, record, server } = await connect()
      const gone = once(server, 'close')
      client.terminate()
      client.terminate()
      expect(await record.closed()).toEqual({ code: 1006, reason: '', error: null })
      await gone
      expect(record.closes).toHaveLength(1)
    })

    test('and says so at once to whoever listens afterwards', async () => {
      const { client, record, server } = await connect()
      server.close(1012, 'upgrade')
      await record.closed()
      const later = new TransportRecord()
      client.listen(later)
      expect(later.closes).toEqual(record.closes)
    })

    test('only by codes and reasons that may be sent', async () => {
      const { client, record } = await connect()
      expect(() => client.close(1005)).toThrow(TypeError)
      expect(() => client.close(1000, 'a'.repeat(124))).toThrow(RangeError)
      client.close(3000)
      expect(await record.closed()).toMatchObject({ code: 3000 })
    })
  })

  describe('closes on a violation', () => {
    test.each<[what: string, code: number, frame: Buffer]>([
      ['an opcode that does not exist', 1002, serverFrame(5)],
      ['a reserved bit', 1002, serverFrame(1, '', { reserved: 0x40 })],
      ['a masked frame', 1002, serverFrame(1, 'hi', { isMasked: true })],
      ['an invalid close code', 1002, serverFrame(8, closePayload(1006))],
      ['a message that is too large', 1009, serverFrame(2, Buffer.alloc(1001))],
      ['a length beyond all bounds', 1009, serverFrame(2, '', { claimedLength: 2 ** 60 })],
      ['fragments that are too large together', 1009, fragments([600, 600])],
      ['too many fragments', 1008, fragments(Array.from({ length: 16 * 1024 + 1 }, () => 0))],
    ])('%s: code %i', async (_what, code, frame) => {
      const { record, server, write } = await connectRaw({ maxPayloadBytes: 1000 })
      write(serverFrame(1, 'good'), frame, serverFrame(1, 'behind'))
      await server.until(() => server.isEnded)
      server.socket.end()
      const end = await record.closed()
      expect(end).toMatchObject({ code, reason: '' })
      expect(end.error).toBeInstanceOf(StreamError)
      expect(end.error).toMatchObject({ code: 'ERR_PROTOCOL_VIOLATION' })
      expect(record.messages).toEqual(['good'])
      expect(server.frames.map(({ opcode, payload }) => [opcode, payload.toString('hex')])).toEqual([
        [8, closePayload(code).toString('hex')],
      ])
    })

    test('without a reset, so that the server reads why', async () => {
      const { record, server, seen, until } = await connect()
      rawSocketOf(server).write(serverFrame(5))
      expect(await record.closed()).toMatchObject({ code: 1002 })
      await until(() => seen.length === 1)
      expect(seen).toEqual(['close 1002 '])
    })
  })
})

function fragments(lengths: readonly number[]): Buffer {
  return Buffer.concat(
    lengths.map((length, index) => serverFrame(index === 0 ? 2 : 0, Buffer.alloc(length), { isFinal: false })),
  )
}

/** The socket below a `ws` server's client, which the package keeps to itself. */
function rawSocketOf(server: WebSocket): Socket {
  return (server as unknown as { readonly _socket: Socket })._socket
}
