import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../src/testing.js'
import { SocketReads } from '../src/transport/walker/socket-reads.js'
import { closeTimeoutMs, lingerMs, WalkerTransport } from '../src/transport/walker/walker-transport.js'
import { RawPeer } from './support/raw-server.js'
import { closePayload, serverFrame } from './support/server-frame.js'
import { TransportRecord } from './support/transport-record.js'

const words = ['one', 'two', 'three', 'four', 'five']
const stream = Buffer.concat(words.map((word) => serverFrame(1, word)))

let clock: ManualClock
let socket: Socket
let server: RawPeer
let client: WalkerTransport
let record: TransportRecord
const endings: (() => unknown)[] = []

/** Where a socket reads to: as ours do, and as those of an agent that makes them its own way. */
type Reading = 'shared memory' | 'a buffer for each read'
let reading: Reading = 'shared memory'

/** Both ends of a TCP connection on loopback; the walker sits on one of them, `head` being what came with the handshake. */
async function join(head: Buffer = Buffer.alloc(0), form = reading): Promise<void> {
  const listening = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const accepted = once(listening, 'connection') as Promise<[Socket]>
  const { port } = listening.address() as AddressInfo
  const reads = new SocketReads()
  socket = connect({ port, host: '127.0.0.1', ...(form === 'shared memory' ? { onread: reads.onread } : {}) })
  await once(socket, 'connect')
  server = new RawPeer((await accepted)[0], null)
  clock = new ManualClock()
  client = new WalkerTransport({ socket, head, reads }, { clock, maxPayloadBytes: 1024 * 1024, maxFragments: 100 })
  record = new TransportRecord()
  endings.push(() => {
    socket.destroy()
    server.socket.destroy()
    listening.close()
  })
}

afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** Resolves once everything that was on its way to the client has been read, unless it is paused. */
async function turn(): Promise<void> {
  client.ping()
  const { length } = server.frames
  await server.until(() => server.frames.length > length)
}

async function breakSocket(): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.destroy(new Error('broken'))
  await closed
  expect([record.messages, record.closes]).toEqual([['one'], []])
}

describe.each<Reading>(['shared memory', 'a buffer for each read'])('a socket that reads into %s:', (form) => {
  beforeAll(() => {
    reading = form
  })

  beforeEach(() => join())

  describe('pausing', () => {
    test('takes effect with the message at hand, in the middle of a chunk', async () => {
      client.listen(record)
      record.onMessage = (message) => {
        if (message === 'two') client.pause()
      }
      server.socket.write(stream)
      await record.until(() => record.messages.length === 2)
      server.socket.write(serverFrame(1, 'six'))
      await turn()
      expect(record.messages).toEqual(['one', 'two'])
      expect(socket.isPaused()).toBe(true)
      client.resume()
      await record.until(() => record.messages.length === 6)
      expect(record.messages).toEqual([...words, 'six'])
    })

    test('delivers nothing from within resume()', async () => {
      client.listen(record)
      record.onMessage = () => client.pause()
      server.socket.write(stream)
      for (let count = 1; count <= words.length; count += 1) {
        await record.until(() => record.messages.length === count)
        expect(socket.isPaused()).toBe(true)
        client.resume()
        expect(record.messages).toHaveLength(count)
      }
    })

    test('may be taken back at once, from within a message as well', async () => {
      client.listen(record)
      record.onMessage = () => {
        client.pause()
        client.resume()
        client.pause()
        client.resume()
      }
      server.socket.write(stream)
      await record.until(() => record.messages.length === words.length)
      expect(record.messages).toEqual(words)
    })

    test('holds the messages that came with the handshake', async () => {
      await join(stream)
      client.listen(record)
      client.pause()
      await turn()
      expect(record.messages).toEqual([])
      client.resume()
      await record.until(() => record.messages.length === words.length)
      expect(record.messages).toEqual(words)
    })

    describe('while the connection breaks', () => {
      beforeEach(async () => {
        client.listen(record)
        record.onMessage = () => client.pause()
        server.socket.write(stream)
        await record.until(() => record.messages.length === 1)
      })

      test('keeps what came with the message at hand, and reports the end behind it', async () => {
        await breakSocket()
        record.onMessage = () => {}
        client.resume()
        expect(await record.closed()).toMatchObject({ code: 1006, error: { message: 'broken' } })
        expect(record.messages).toEqual(words)
      })

      test('forgets it when terminated, and reports the end', async () => {
        await breakSocket()
        client.terminate()
        expect(await record.closed()).toMatchObject({ code: 1006, error: { message: 'broken' } })
        expect(record.messages).toEqual(['one'])
      })
    })

    test('does not outlive terminate()', async () => {
      client.listen(record)
      record.onMessage = () => client.pause()
      server.socket.write(stream)
      await record.until(() => record.messages.length === 1)
      client.terminate()
      expect(await record.closed()).toEqual({ code: 1006, reason: '', error: null })
      client.resume()
      expect(record.messages).toEqual(['one'])
    })
  })

  describe('a listener', () => {
    test('hears nothing more once it terminates, in the same chunk either', async () => {
      client.listen(record)
      record.onMessage = (message) => {
        if (message === 'two') client.terminate()
      }
      server.socket.write(stream)
      await record.closed()
      expect(record.messages).toEqual(['one', 'two'])
    })

    test('may close from within a message, and still hears what was on its way', async () => {
      client.listen(record)
      record.onMessage = (message) => {
        if (message === 'one') client.close(1000)
      }
      server.socket.write(stream)
      await server.until(() => server.frames.length === 1)
      server.socket.end(serverFrame(8, closePayload(1000)))
      expect(await record.closed()).toMatchObject({ code: 1000 })
      expect(record.messages).toEqual(words)
      expect(clock.pendingTimers).toBe(0)
    })

    test('that throws is not silenced, and misses no later message', async () => {
      const thrown: unknown[] = []
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.on('uncaughtException', (error) => thrown.push(error))
      try {
        record.onMessage = (message) => {
          if (message !== 'five') throw new Error(message)
        }
        client.listen(record)
        server.socket.write(stream)
        await record.until(() => record.messages.length === words.length)
      } finally {
        process.removeAllListeners('uncaughtException')
        for (const other of others) process.on('uncaughtException', other)
      }
      expect(record.messages).toEqual(words)
      expect(thrown.map(String)).toEqual(words.slice(0, -1).map((word) => `Error: ${word}`))
    })
  })

  describe('a server that does not end', () => {
    test(`is cut off ${lingerMs} ms after its close frame, and the code stands`, async () => {
      client.listen(record)
      server.socket.write(serverFrame(8, closePayload(1001, 'bye')))
      await server.until(() => server.isEnded)
      clock.advance(lingerMs - 1)
      expect(socket.destroyed).toBe(false)
      clock.advance(1)
      expect(socket.destroyed).toBe(true)
      expect(record.closes).toEqual([{ code: 1001, reason: 'bye', error: null }])
      expect(clock.pendingTimers).toBe(0)
    })

    test.each([
      ['its close frame', serverFrame(8, closePayload(1001)), 1001],
      ['a violation of its', serverFrame(5), 1002],
    ])('is over for whoever listens with %s', async (_what, frame, code) => {
      client.listen(record)
      server.socket.write(frame)
      expect(await record.closed()).toMatchObject({ code })
      expect([socket.destroyed, clock.nextTimerInMs]).toEqual([false, lingerMs])
      client.terminate()
      expect([socket.destroyed, clock.pendingTimers]).toEqual([true, 0])
    })

    test('is heard to end after its close frame, even by one who has paused since', async () => {
      client.listen(record)
      server.socket.write(serverFrame(8, closePayload(1001)))
      await server.until(() => server.isEnded)
      client.pause()
      server.socket.end(serverFrame(1, 'said too late'))
      expect(await record.closed()).toMatchObject({ code: 1001 })
      expect(record.messages).toEqual([])
    })

    test('is cut off as soon after a violation, while it goes on sending', async () => {
      client.listen(record)
      server.socket.write(serverFrame(5))
      await server.until(() => server.isEnded)
      server.socket.write(stream)
      clock.advance(lingerMs)
      expect(await record.closed()).toMatchObject({ code: 1002 })
      expect(record.messages).toEqual([])
    })

    test(`gets ${closeTimeoutMs} ms to answer a close frame of ours`, async () => {
      client.listen(record)
      client.close(1000)
      await server.until(() => server.frames.length === 1)
      clock.advance(closeTimeoutMs - 1)
      server.socket.write(serverFrame(1, 'not an answer'))
      await record.until(() => record.messages.length === 1)
      clock.advance(1)
      expect(await record.closed()).toEqual({ code: 1006, reason: '', error: null })
      expect(clock.pendingTimers).toBe(0)
    })

    test('does not hold up the end where it takes nothing any more', async () => {
      client.listen(record)
      server.socket.pause()
      while (client.bufferedBytes < 1024 * 1024) client.send(Buffer.alloc(256 * 1024))
      server.socket.write(Buffer.concat([serverFrame(1, 'last words'), serverFrame(8)]))
      // The close frame is read in the same turn as the message before it.
      await record.until(() => record.messages.length === 1)
      clock.advance(lingerMs)
      expect(await record.closed()).toMatchObject({ code: 1005 })
    })
  })

  describe('pings', () => {
    test('are each answered, in order, while the server reads', async () => {
      client.listen(record)
      server.socket.write(Buffer.concat(words.map((word) => serverFrame(9, word))))
      await server.until(() => server.frames.length === words.length)
      expect(server.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual(
        words.map((word) => [10, word]),
      )
    })

    test('are answered with what they said, though the memory it came in is used again', async () => {
      client.listen(record)
      server.socket.pause()
      while (client.bufferedBytes < 1024 * 1024) client.send(Buffer.alloc(256 * 1024))
      const bytes = Buffer.concat([serverFrame(9, 'the ping'), serverFrame(9, 'another').subarray(0, 5)])
      for (const part of [bytes.subarray(0, 4), bytes.subarray(4)]) {
        const length = socket.bytesRead + part.length
        server.socket.write(part)
        while (socket.bytesRead < length) await setImmediate()
      }
      server.socket.resume()
      await server.until(() => server.frames.some(({ opcode }) => opcode === 10))
      expect(server.frames.at(-1)?.payload.toString()).toBe('the ping')
    })

    test('are not answered once we have said goodbye', async () => {
      client.listen(record)
      client.close(1000)
      server.socket.write(Buffer.concat([serverFrame(9, 'there?'), serverFrame(1, 'behind')]))
      await record.until(() => record.messages.length === 1)
      server.socket.end(serverFrame(8, closePayload(1000)))
      await record.closed()
      expect(server.frames.map(({ opcode }) => opcode)).toEqual([8])
    })
  })

  describe('what the socket says', () => {
    test('is the error of an end without a close frame', async () => {
      client.listen(record)
      server.socket.resetAndDestroy()
      expect(await record.closed()).toMatchObject({ code: 1006, error: { code: 'ECONNRESET' } })
    })

    test('does not replace a close frame', async () => {
      client.listen(record)
      server.socket.write(serverFrame(8, closePayload(1001)))
      await server.until(() => server.isEnded)
      server.socket.resetAndDestroy()
      expect(await record.closed()).toEqual({ code: 1001, reason: '', error: null })
    })
  })
})

describe('what a paused socket of an agent had read before it broke', () => {
  beforeEach(async () => {
    await join(Buffer.alloc(0), 'a buffer for each read')
    client.listen(record)
    record.onMessage = () => client.pause()
    server.socket.write(stream)
    await record.until(() => record.messages.length === 1)
  })

  test('keeps what had been read, and reports the end behind it', async () => {
    server.socket.write(serverFrame(1, 'six'))
    while (socket.readableLength === 0) await turn()
    await breakSocket()
    while (record.closes.length === 0) {
      const count = record.messages.length
      client.resume()
      await record.until(() => record.messages.length > count || record.closes.length > 0)
    }
    expect(record.messages).toEqual([...words, 'six'])
    expect(record.closes).toMatchObject([{ code: 1006, error: { message: 'broken' } }])
  })

  test('believes a close frame among what had been read', async () => {
    server.socket.write(serverFrame(8, closePayload(1012, 'upgrade')))
    while (socket.readableLength === 0) await turn()
    await breakSocket()
    record.onMessage = () => {}
    client.resume()
    expect(await record.closed()).toEqual({ code: 1012, reason: 'upgrade', error: null })
    expect(record.messages).toEqual(words)
    expect(clock.pendingTimers).toBe(0)
  })
})
