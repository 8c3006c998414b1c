import { once } from 'node:events'
import { Agent, createServer as createPlainServer } from 'node:http'
import { createServer, Agent as SecureAgent } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createEnv, openSocket, systemClock, type Transport } from '../src/adapter.js'
import { type Clock, type SocketOptions, StreamError } from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { type Answer, type RawPeer, RawServer } from './support/raw-server.js'
import { selfSigned } from './support/self-signed.js'
import { serverFrame } from './support/server-frame.js'
import { TransportRecord } from './support/transport-record.js'

const endings: (() => unknown)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function start(answer?: Answer): Promise<RawServer> {
  const server = await RawServer.start(answer)
  endings.push(() => server.close())
  return server
}

/** An answer with a body, after which the server ends the connection. */
function refusal(status: number, body = '', ...headers: string[]): Answer {
  const head = [`HTTP/1.1 ${status} Refused`, `Content-Length: ${body.length}`, 'Connection: close', ...headers]
  return (peer) => {
    peer.socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
    return null
  }
}

/** A server that answers hello, without encryption or over TLS, and how to reach it. */
async function greeter(isSecure: boolean): Promise<{ readonly url: string; readonly options: SocketOptions }> {
  const credentials = selfSigned()
  const web = isSecure ? createServer(credentials) : createPlainServer()
  const sockets = new WebSocketServer({ server: web })
  sockets.on('connection', (socket) => {
    socket.on('message', () => socket.send('hello'))
  })
  web.listen(0, 'localhost')
  await once(web, 'listening')
  endings.push(() => web.close())
  const { port } = web.address() as AddressInfo
  return {
    url: `${isSecure ? 'wss' : 'ws'}://localhost:${port}/`,
    options: isSecure ? { agent: new SecureAgent({ ca: credentials.cert, checkServerIdentity: () => undefined }) } : {},
  }
}

test.each([false, true])('the walker reads all connections into the same memory (TLS: %s)', async (isSecure) => {
  const memories: Buffer[] = []
  for (const { url, options } of [await greeter(isSecure), await greeter(isSecure)]) {
    const record = new TransportRecord()
    const transport = await openSocket({ url, headers: {} }, createEnv({ socket: options }))
    endings.push(() => transport.terminate())
    transport.listen({
      onFrame: (frame) => {
        memories.push(frame.bytes)
        record.onFrame(frame)
      },
      onPong: () => {},
      onClose: () => {},
    })
    for (const messages of [['hello'], ['hello', 'hello']]) {
      transport.send('hi')
      await record.until(() => record.messages.length === messages.length)
      expect(record.messages).toEqual(messages)
    }
  }
  expect(memories).toHaveLength(4)
  expect(new Set(memories).size).toBe(1)
})

describe.each(['ws', 'walker'] as const)('openSocket with the transport "%s"', (transport) => {
  async function open(
    url: string,
    { clock = systemClock, ...options }: SocketOptions & { readonly clock?: Clock } = {},
    headers = {},
  ): Promise<Transport> {
    const socket = { ...options, transport }
    const opened = await openSocket({ url, headers }, createEnv({ clock, socket }))
    endings.push(() => opened.terminate())
    return opened
  }

  /** The error an attempt ends with. */
  async function failure(attempt: Promise<Transport>): Promise<StreamError> {
    const error = await attempt.then(
      () => new Error('It opened.'),
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(StreamError)
    return error as StreamError
  }

  describe('asks', () => {
    test('for exactly what RFC 6455 wants, and for no extension', async () => {
      const server = await start()
      await open(`${server.url}path?key=value`)
      const peer = await server.peer()
      expect(peer.request.split('\r\n')[0]).toBe('GET /path?key=value HTTP/1.1')
      expect(peer.header('Host')).toBe(new URL(server.url).host)
      expect(peer.header('Upgrade')).toBe('websocket')
      expect(peer.header('Connection')).toBe('Upgrade')
      expect(peer.header('Sec-WebSocket-Version')).toBe('13')
      expect(Buffer.from(peer.header('Sec-WebSocket-Key'), 'base64')).toHaveLength(16)
      expect(peer.header('Sec-WebSocket-Extensions')).toBe('')
      expect(peer.header('Sec-WebSocket-Protocol')).toBe('')
    })

    test('with a key of its own each time', async () => {
      const server = await start()
      for (let attempt = 0; attempt < 3; attempt += 1) await open(server.url)
      expect(new Set(server.peers.map((peer) => peer.header('Sec-WebSocket-Key'))).size).toBe(3)
    })

    test('with the caller’s headers, which do not replace the handshake’s own', async () => {
      const server = await start()
      await open(server.url, {}, { 'X-Gate-Size-Decimal': '1', Upgrade: 'h2c', 'Sec-WebSocket-Key': 'mine' })
      const peer = await server.peer()
      expect(peer.header('X-Gate-Size-Decimal')).toBe('1')
      expect(peer.header('Upgrade')).toBe('websocket')
      expect(peer.header('Sec-WebSocket-Key')).not.toBe('mine')
    })

    test('with the URL’s user and password', async () => {
      const server = await start()
      await open(server.url.replace('//', '//user:p%40ss@'))
      expect((await server.peer()).header('Authorization')).toBe(`Basic ${btoa('user:p@ss')}`)
    })

    test('through the agent, as behind a proxy', async () => {
      const server = await start()
      const asked: unknown[] = []
      const agent = new Agent()
      Object.assign(agent, {
        createConnection: (options: { readonly host: string }) => {
          asked.push(options.host)
          return connect(Number(new URL(server.url).port), '127.0.0.1')
        },
      })
      const record = new TransportRecord()
      const opened = await open('ws://localhost:1/', { agent })
      opened.listen(record)
      const peer = await server.peer()
      peer.socket.write(serverFrame(1, 'tunnelled'))
      await record.until(() => record.messages.length === 1)
      expect(asked).toEqual(['localhost'])
      expect(peer.header('Host')).toBe('localhost:1')
    })

    test('over TLS, and is heard', async () => {
      const { key, cert } = selfSigned()
      const web = createServer({ key, cert })
      const sockets = new WebSocketServer({ server: web })
      sockets.on('connection', (socket) => {
        socket.on('message', (data: Buffer) => socket.send(data))
      })
      web.listen(0, '127.0.0.1')
      await once(web, 'listening')
      endings.push(() => web.close())
      const url = `wss://127.0.0.1:${(web.address() as AddressInfo).port}/`
      const agent = new SecureAgent({ ca: cert })
      const record = new TransportRecord()
      const opened = await open(url, { agent })
      opened.listen(record)
      opened.send(Buffer.alloc(1_000_000, 7))
      await record.until(() => record.messages.length === 1)
      expect(record.messages[0] === `0x${'07'.repeat(1_000_000)}`).toBe(true)
      opened.close()
      await record.closed()
      const error = await failure(open(url))
      expect(error.context).toMatchObject({ System: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    })
  })

  describe('refuses', () => {
    test.each<[what: string, code: string, answer: Answer]>([
      ['401', 'ERR_AUTHENTICATION_FAILED', refusal(401, '{"label":"INVALID_KEY"}')],
      ['403 with a reason', 'ERR_AUTHENTICATION_FAILED', refusal(403, '{"label":"FORBIDDEN"}')],
      ['403 with a page', 'ERR_RATE_LIMITED', refusal(403, '<html>Attention required</html>')],
      ['418', 'ERR_RATE_LIMITED', refusal(418)],
      ['429', 'ERR_RATE_LIMITED', refusal(429, 'slow down', 'Retry-After: 7')],
      ['404', 'ERR_HANDSHAKE_REJECTED', refusal(404)],
      ['503', 'ERR_HANDSHAKE_REJECTED', refusal(503, 'maintenance')],
      ['200', 'ERR_HANDSHAKE_REJECTED', refusal(200, 'a web page')],
      ['a redirect', 'ERR_HANDSHAKE_REJECTED', refusal(301, '', 'Location: ws://127.0.0.1:1/')],
      ['101 without an upgrade', 'ERR_HANDSHAKE_REJECTED', () => 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
      [
        '101 to another protocol',
        'ERR_HANDSHAKE_REJECTED',
        (peer) => peer.acceptance().replace('Upgrade: websocket', 'Upgrade: h2c'),
      ],
      [
        'an accept value for another key',
        'ERR_HANDSHAKE_REJECTED',
        (peer) => peer.acceptance().replace(/Accept: .*/, 'Accept: CxYS6+NgJSBG74mdgLvGscRvpns='),
      ],
      ['no accept value', 'ERR_HANDSHAKE_REJECTED', (peer) => peer.acceptance().replace(/Sec-.*\r\n/, '')],
      [
        'compression, which was not offered',
        'ERR_HANDSHAKE_REJECTED',
        (peer) => peer.acceptance('Sec-WebSocket-Extensions: permessage-deflate'),
      ],
      ['a subprotocol', 'ERR_HANDSHAKE_REJECTED', (peer) => peer.acceptance('Sec-WebSocket-Protocol: chat')],
      ['what is not HTTP', 'ERR_CONNECTION_CLOSED', () => 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
      ['headers without end', 'ERR_CONNECTION_CLOSED', () => `HTTP/1.1 101 Yes\r\nX: ${'x'.repeat(100_000)}`],
      ['a connection that just ends', 'ERR_CONNECTION_CLOSED', hangUp],
    ])('%s with %s', async (_what, code, answer) => {
      const server = await start(answer)
      const error = await failure(open(`${server.url}?listenKey=secret`))
      expect(error.code).toBe(code)
      expect(error.message).not.toContain('secret')
      const peer = await server.peer()
      await peer.until(() => peer.isEnded || peer.socket.destroyed)
    })

    test('and says what the server said', async () => {
      const server = await start(refusal(429, 'slow\ndown', 'Retry-After: 7'))
      const error = await failure(open(server.url))
      expect(error.context).toEqual({ URL: server.url, Status: 429, 'Retry after': '7 s', Body: 'slow down' })
    })

    test('and says what is wrong with an upgrade', async () => {
      const server = await start((peer) => peer.acceptance('Sec-WebSocket-Protocol: chat'))
      expect(await failure(open(server.url))).toMatchObject({
        code: 'ERR_HANDSHAKE_REJECTED',
        context: { URL: server.url, Fault: expect.stringContaining('subprotocol') },
      })
    })

    test('and leaves no connection behind, not even in the pool of an agent', async () => {
      const server = await start(() => 'HTTP/1.1 503 Busy\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n')
      const agent = new Agent({ keepAlive: true })
      await failure(open(server.url, { agent }))
      const peer = await server.peer()
      await peer.until(() => peer.isEnded)
    })

    test('a port where nobody listens', async () => {
      const server = await start()
      const { url } = server
      await server.close()
      expect(await failure(open(url))).toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
    })

    test('a URL that is not encrypted, or not one of a WebSocket', async () => {
      expect(await failure(open('ws://exchange.example/'))).toMatchObject({ code: 'ERR_INSECURE_URL' })
      expect(await failure(open('https://exchange.example/'))).toMatchObject({ code: 'ERR_INVALID_CONFIG' })
    })
  })

  describe('waits', () => {
    async function requested(server: RawServer): Promise<RawPeer> {
      const peer = await server.peer()
      await peer.until(() => peer.request !== '')
      return peer
    }

    test('no longer than handshakeTimeoutMs for an answer, however much of it has come', async () => {
      const server = await start(() => null)
      const clock = new ManualClock()
      const failed = failure(open(server.url, { clock, handshakeTimeoutMs: 3000 }))
      const peer = await requested(server)
      for (const character of 'HTTP/1.1 101') {
        clock.advance(249)
        peer.socket.write(character)
      }
      clock.advance(12)
      expect(await failed).toMatchObject({ code: 'ERR_CONNECTION_TIMEOUT' })
      expect(clock.pendingTimers).toBe(0)
      await peer.until(() => peer.isEnded || peer.socket.destroyed)
    })

    test('no longer for the rest of a refusal, whose status stands', async () => {
      const server = await start(() => 'HTTP/1.1 429 Slow down\r\nContent-Length: 4000\r\n\r\nfirst words')
      const clock = new ManualClock()
      const failed = failure(open(server.url, { clock }))
      const peer = await requested(server)
      // The client has read the refusal once it has been quiet for a round trip of another connection.
      await failure(open((await start(refusal(404))).url))
      clock.advance(10_000)
      expect(await failed).toMatchObject({ code: 'ERR_RATE_LIMITED' })
      await peer.until(() => peer.isEnded || peer.socket.destroyed)
    })

    test('for nothing once it is open', async () => {
      const server = await start()
      const clock = new ManualClock()
      await open(server.url, { clock })
      expect(clock.pendingTimers).toBe(0)
    })

    test('no longer than the signal allows, before and during the handshake', async () => {
      const reason = new Error('changed my mind')
      const server = await start(() => null)
      const address = { url: server.url, headers: {} }
      const socket = { transport }
      await expect(openSocket(address, createEnv({ signal: AbortSignal.abort(reason), socket }))).rejects.toBe(reason)
      expect(server.peers).toHaveLength(0)
      const controller = new AbortController()
      const attempt = openSocket(address, createEnv({ signal: controller.signal, socket }))
      const peer = await requested(server)
      controller.abort(reason)
      await expect(attempt).rejects.toBe(reason)
      await peer.until(() => peer.isEnded || peer.socket.destroyed)
    })
  })
})

test('openSocket names the transports there are when asked for another', async () => {
  const env = createEnv()
  const socket = { ...env.socket, transport: 'carrier-pigeon' as 'ws' }
  const attempt = openSocket({ url: 'ws://127.0.0.1:1/', headers: {} }, { ...env, socket })
  await expect(attempt).rejects.toThrowErrorMatchingInlineSnapshot(`
    [StreamError: There is no transport called "carrier-pigeon".  [ERR_INVALID_CONFIG]
    Choose one of: ws, walker.]
  `)
})

function hangUp(peer: RawPeer): null {
  peer.socket.destroy()
  return null
}
