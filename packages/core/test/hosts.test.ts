import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createEnv, systemClock } from '../src/adapter.js'
import { lookupError, TestResolver } from '../src/transport/dns/test-resolver.js'
import { MachineNetwork } from '../src/transport/machine-network.js'
import { WebServer } from './support/web-server.js'

const endings: (() => unknown)[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  for (const end of endings.splice(0).reverse()) await end()
})

async function startServer(...parts: Parameters<typeof WebServer.start>): Promise<WebServer> {
  const server = await WebServer.start(...parts)
  endings.push(() => server.close())
  return server
}

function network(resolver: TestResolver): MachineNetwork {
  const made = new MachineNetwork(systemClock, resolver)
  endings.push(() => made.close())
  return made
}

/** Sockets and REST alike; where hosts are is said by the test. */
describe.each(['walker', 'ws', 'REST'] as const)('a host that is looked up by %s', (kind) => {
  const name = 'stream.acme.test'

  /** Connects once, and says whether it succeeded. Agents are new each time, so that nothing is kept. */
  async function attempt(machine: MachineNetwork, port: number, isSecure = false): Promise<boolean> {
    const env = createEnv(
      kind === 'REST' ? { socket: { agent: new (isSecure ? SecureAgent : Agent)() } } : { socket: { transport: kind } },
    )
    const secure = isSecure ? 's' : ''
    try {
      if (kind === 'REST') {
        await machine.request({ url: `http${secure}://${name}:${port}/`, method: 'POST', headers: {}, body: null }, env)
      } else {
        const transport = await machine.openSocket({ url: `ws${secure}://${name}:${port}/`, headers: {} }, env)
        transport.terminate()
      }
      return true
    } catch {
      return false
    }
  }

  test('is found by its IPv4 address where that of IPv6, which comes first, is of no use', async () => {
    const { port } = await startServer()
    const resolver = new TestResolver()
    resolver.system = ['::1', '127.0.0.1']
    expect(await attempt(network(resolver), port)).toBe(true)
  })

  test('is found at another address where nothing listens at the first', async () => {
    const { port } = await startServer()
    const resolver = new TestResolver()
    resolver.system = ['127.0.0.7', '127.0.0.1']
    expect(await attempt(network(resolver), port)).toBe(true)
  })

  test('is found at another address over TLS, too', async () => {
    // Nobody vouches for the name.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { port } = await startServer(undefined, { isSecure: true })
    const resolver = new TestResolver()
    resolver.system = ['::1', '127.0.0.7', '127.0.0.1']
    expect(await attempt(network(resolver), port, true)).toBe(true)
  })

  test('is looked for at another address after one that lets in and ends', async () => {
    const { port } = await startServer()
    const broken = createServer((request) => request.socket.resetAndDestroy())
    broken.on('upgrade', (_request, socket) => socket.destroy())
    broken.listen(port, '127.0.0.7')
    await once(broken, 'listening')
    endings.push(() => broken.close())
    const resolver = new TestResolver()
    resolver.system = ['127.0.0.7', '127.0.0.1']
    const machine = network(resolver)
    expect([await attempt(machine, port), await attempt(machine, port), await attempt(machine, port)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('is found where it has moved to by the attempt after one that failed, long before the TTL is over', async () => {
    const before = await startServer()
    const { port } = before
    await startServer(undefined, { host: '127.0.0.7', port })
    const resolver = new TestResolver()
    resolver.system = ['127.0.0.1']
    resolver.dns = { addresses: ['127.0.0.1'], ttlSeconds: 3_600 }
    const machine = network(resolver)
    expect(await attempt(machine, port)).toBe(true)
    await before.close()
    resolver.system = ['127.0.0.7']
    expect([await attempt(machine, port), await attempt(machine, port)]).toEqual([false, true])
  })

  test('is found where it was while the resolver fails', async () => {
    const { port } = await startServer()
    const resolver = new TestResolver()
    resolver.system = ['127.0.0.1']
    const machine = network(resolver)
    expect(await attempt(machine, port)).toBe(true)
    resolver.system = lookupError('EAI_AGAIN')
    resolver.dns = null
    await machine.openSocket({ url: `ws://${name}:1/`, headers: {} }, createEnv()).catch(() => {})
    expect(await attempt(machine, port)).toBe(true)
    expect(machine.counts.addressesLastKnown).toBeGreaterThan(0)
  })
})
