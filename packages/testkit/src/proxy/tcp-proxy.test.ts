import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './tcp-proxy.js'

/** One end of a connection, and all that arrived there. */
class End {
  readonly socket: Socket
  /** The length of each read. */
  readonly reads: number[] = []
  text = ''
  isEnded = false
  error = ''
  readonly closed: Promise<unknown>

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => {
      this.reads.push(bytes.length)
      this.text += bytes
    })
    socket.on('end', () => {
      this.isEnded = true
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? ''
    })
    this.closed = new Promise((resolve) => socket.once('close', resolve))
  }
}

let server: Server
let accepted: End[]
let proxy: TcpProxy
let clock: ManualClock

async function open(options: Partial<TcpProxyOptions> = {}): Promise<void> {
  const { port } = server.address() as AddressInfo
  proxy = await startTcpProxy({ target: { host: '127.0.0.1', port }, clock, ...options })
}

/** A client, and the server's end of its connection. */
async function join(): Promise<{ client: End; peer: End }> {
  const count = accepted.length
  const client = new End(connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true }))
  await turnUntil(() => accepted.length > count)
  return { client, peer: accepted.at(-1) as End }
}

async function turnUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(async () => {
  clock = new ManualClock()
  accepted = []
  server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(new End(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  await proxy.close()
  for (const { socket } of accepted) socket.destroy()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  expect(clock.pendingTimers).toBe(0)
})

describe('a TCP proxy', () => {
  it('passes everything on both ways, half by half to the end', async () => {
    await open()
    const { client, peer } = await join()
    client.socket.end('question')
    await turnUntil(() => peer.isEnded)
    peer.socket.end('answer')
    await turnUntil(() => client.isEnded)
    expect([peer.text, client.text]).toEqual(['question', 'answer'])
    await proxy.until(() => proxy.connections.every((one) => !one.isClientOpen && !one.isServerOpen))
    expect(proxy.connections[0]).toMatchObject({ index: 0, toServer: { passedBytes: 8 }, toClient: { passedBytes: 6 } })
  })

  it('passes an RST on as one, from either side', async () => {
    await open()
    const one = await join()
    one.client.socket.resetAndDestroy()
    await one.peer.closed
    const other = await join()
    other.peer.socket.resetAndDestroy()
    await other.client.closed
    expect([one.peer.error, other.client.error]).toEqual(['ECONNRESET', 'ECONNRESET'])
  })

  it('resets a client where nothing listens behind it', async () => {
    await open()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    const client = new End(connect(proxy.port, proxy.host))
    await client.closed
    expect(client.error).toBe('ECONNRESET')
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  it('has the target’s URL with its own host and port, and that of any other of its URLs', async () => {
    await open({ target: 'wss://127.0.0.1:1/ws/v4/?key=1' })
    const { port } = proxy
    expect(proxy.url).toBe(`wss://127.0.0.1:${port}/ws/v4/?key=1`)
    expect(proxy.urlOf('http://example.com/api')).toBe(`http://127.0.0.1:${port}/api`)
    expect(proxy.urlOf('https://example.com')).toBe(`https://127.0.0.1:${port}`)
  })

  it.each<[what: string, target: TcpProxyOptions['target']]>([
    ['no URL', 'nonsense'],
    ['no port', 'tcp://localhost'],
    ['port 0', { host: '127.0.0.1', port: 0 }],
  ])('takes no target with %s', async (_what, target) => {
    await open()
    await expect(startTcpProxy({ target })).rejects.toThrow(TypeError)
  })

  it('says that its port is in use', async () => {
    await open()
    const { port } = proxy
    await expect(startTcpProxy({ target: 'ws://127.0.0.1:1', port })).rejects.toMatchObject({ code: 'ERR_PORT_IN_USE' })
  })

  it('leaves nothing behind when it is closed, whatever is under way', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.slow({ latencyMs: 1_000 })
    client.socket.write('on its way')
    await proxy.until(() => proxy.connections[0]?.toServer.waitingBytes === 10)
    const waiting = proxy.until(() => false).catch((thrown: unknown) => thrown)
    await proxy.close()
    await turnUntil(() => client.isEnded && peer.isEnded)
    client.socket.destroy()
    expect(await waiting).toMatchObject({ code: 'ERR_PROXY_CLOSED' })
  })

  it('is waited for until the signal says otherwise', async () => {
    await open()
    const controller = new AbortController()
    const waiting = proxy.until(() => false, controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('the faults of a TCP proxy', () => {
  it('half-open: nothing arrives on the other side any more, no end either', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.halfOpen()
    client.socket.write('into the void')
    await proxy.until(() => proxy.connections[0]?.toServer.lostBytes === 13)
    peer.socket.resetAndDestroy()
    await proxy.until(() => proxy.connections[0]?.isServerOpen === false)
    expect([peer.text, client.isEnded, client.error, proxy.connections[0]?.isClientOpen]).toEqual(['', false, '', true])
    client.socket.destroy()
  })

  it('half-open one way: the other way goes on', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.halfOpen('to-client')
    peer.socket.write('lost')
    client.socket.write('heard')
    await turnUntil(() => peer.text === 'heard')
    await proxy.until(() => proxy.connections[0]?.toClient.lostBytes === 4)
    expect(client.text).toBe('')
    client.socket.destroy()
  })

  it('stall: what was kept arrives in order once it is healed, and the end behind it', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.stall('to-client')
    peer.socket.write('kept ')
    peer.socket.end('back')
    await proxy.until(() => proxy.connections[0]?.toClient.waitingBytes === 9)
    expect([client.text, client.isEnded]).toEqual(['', false])
    proxy.faults.heal()
    await turnUntil(() => client.isEnded)
    expect(client.text).toBe('kept back')
    client.socket.destroy()
  })

  it('stall: a sender of much has to wait', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.stall('to-client')
    const total = 16 * 1024 * 1024
    peer.socket.write(Buffer.alloc(total))
    await proxy.until(() => (proxy.connections[0]?.toClient.waitingBytes ?? 0) > 256 * 1024)
    expect(peer.socket.writableLength).toBeGreaterThan(0)
    expect(proxy.connections[0]?.toClient.waitingBytes).toBeLessThan(512 * 1024)
    proxy.faults.heal()
    await turnUntil(() => client.text.length === total)
    client.socket.destroy()
  })

  it('slow: by the clock, at the rate and after the latency it was given', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.slow({ bytesPerSecond: 10, latencyMs: 100 }, 'to-client')
    peer.socket.write('abc')
    await proxy.until(() => clock.pendingTimers === 1)
    expect(clock.nextTimerInMs).toBe(100)
    clock.advance(100)
    await turnUntil(() => client.text === 'a')
    clock.advance(199)
    await turnUntil(() => client.text === 'ab')
    clock.advance(1)
    await turnUntil(() => client.text === 'abc')
    client.socket.destroy()
  })

  it('split: bytes arrive one by one', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.split()
    peer.socket.write('x'.repeat(40))
    await turnUntil(() => client.text.length === 40)
    // On a busy machine the system may put a few together.
    expect(client.reads.length).toBeGreaterThan(10)
    client.socket.destroy()
  })

  it('corrupt: one byte, on one connection', async () => {
    await open()
    const { client, peer } = await join()
    proxy.connections[0]?.faults.corrupt(1)
    peer.socket.write('abc')
    await turnUntil(() => client.reads.length > 0)
    expect(Buffer.from(client.text).subarray(0, 1).toString()).toBe('a')
    expect([client.text.at(-1), client.text === 'abc']).toEqual(['c', false])
    client.socket.destroy()
  })

  it.each([
    ['end', ''],
    ['reset', 'ECONNRESET'],
  ] as const)('cut after so many bytes, by %s', async (how, error) => {
    await open()
    const { client, peer } = await join()
    proxy.faults.cutAfter(3, how)
    peer.socket.write('abcdef')
    await turnUntil(() => client.isEnded || client.error !== '')
    await turnUntil(() => peer.isEnded || peer.error !== '')
    expect([client.text, peer.error]).toEqual(['abc', error])
    client.socket.destroy()
  })

  it('cut after so many bytes, silently: what follows is lost and both sockets stay open', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.cutAfter(3, 'half-open')
    peer.socket.write('abcdef')
    await proxy.until(() => proxy.connections[0]?.toClient.lostBytes === 3)
    await turnUntil(() => client.text === 'abc')
    expect([client.isEnded, peer.isEnded]).toEqual([false, false])
    client.socket.destroy()
  })

  it('end: a FIN to whom it is meant for, and nothing more', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.end('to-client')
    await turnUntil(() => client.isEnded)
    peer.socket.write('too late')
    client.socket.write('still heard')
    await turnUntil(() => peer.text === 'still heard')
    expect([client.text, peer.isEnded]).toEqual(['', false])
    client.socket.destroy()
  })

  it('reset: an RST to both', async () => {
    await open()
    const { client, peer } = await join()
    proxy.faults.reset()
    await Promise.all([client.closed, peer.closed])
    expect([client.error, peer.error]).toEqual(['ECONNRESET', 'ECONNRESET'])
  })

  it('inject: bytes that the server never sent', async () => {
    await open()
    const { client } = await join()
    proxy.faults.inject(Buffer.from('forged'))
    await turnUntil(() => client.text === 'forged')
    client.socket.destroy()
  })

  it('refuse connections until they are accepted again', async () => {
    await open()
    proxy.faults.refuseConnections()
    const refused = new End(connect(proxy.port, proxy.host))
    await refused.closed
    expect([refused.error, proxy.refused, proxy.connections.length]).toEqual(['ECONNRESET', 1, 0])
    proxy.faults.acceptConnections()
    const { client } = await join()
    client.socket.destroy()
  })

  it('are for new connections alone, or for the one with a number, where they are meant so', async () => {
    await open()
    const first = await join()
    proxy.faults.ofNew.stall()
    proxy.faults.ofConnection(2).heal()
    const second = await join()
    const third = await join()
    for (const { peer } of [first, second, third]) peer.socket.write('hello')
    await turnUntil(() => first.client.text === 'hello' && third.client.text === 'hello')
    await proxy.until(() => proxy.connections[1]?.toClient.waitingBytes === 5)
    expect(second.client.text).toBe('')
    for (const { client } of [first, second, third]) client.socket.destroy()
  })

  it('out of range are refused', async () => {
    await open()
    const { faults } = proxy
    expect(() => faults.slow({ bytesPerSecond: 0 })).toThrow(RangeError)
    expect(() => faults.slow({ latencyMs: -1 })).toThrow(RangeError)
    expect(() => faults.split(0)).toThrow(RangeError)
    expect(() => faults.cutAfter(Number.NaN)).toThrow(RangeError)
  })
})
