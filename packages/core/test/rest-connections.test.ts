import { once } from 'node:events'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createEnv, requestJson, systemClock } from '../src/adapter.js'
import { ManualClock } from '../src/testing.js'
import { MachineNetwork } from '../src/transport/machine-network.js'
import { WebServer } from './support/web-server.js'

const endings: (() => unknown)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function startServer(...parts: Parameters<typeof WebServer.start>): Promise<WebServer> {
  const server = await WebServer.start(...parts)
  endings.push(() => server.close())
  return server
}

function network(clock = systemClock): MachineNetwork {
  const made = new MachineNetwork(clock)
  endings.push(() => made.close())
  return made
}

describe('REST', () => {
  test('uses one connection for requests that follow each other', async () => {
    const { port, clientPorts } = await startServer()
    const machine = network()
    const env = createEnv({ network: machine })
    for (let index = 0; index < 120; index += 1) await requestJson({ url: `http://127.0.0.1:${port}/${index}` }, env)
    expect(clientPorts).toHaveLength(1)
    expect(machine.counts).toMatchObject({ restRequests: 120, restRequestsReused: 119, restRequestsRepeated: 0 })
  })

  test('uses four for sixty snapshots at once, which serve the next sixty and the calls between', async () => {
    const { port, clientPorts } = await startServer()
    const clock = new ManualClock()
    const machine = network(clock)
    const call = (method: 'GET' | 'PUT' = 'GET'): Promise<unknown> =>
      requestJson({ url: `http://127.0.0.1:${port}/`, method }, createEnv({ network: machine, clock }))
    await Promise.all([...Array.from({ length: 60 }, () => call()), call('PUT')])
    expect(machine.counts).toMatchObject({ restRequests: 61, restRequestsReused: 57 })
    await call('PUT')
    await Promise.all(Array.from({ length: 60 }, () => call()))
    expect(machine.counts).toMatchObject({ restRequests: 122, restRequestsReused: 118 })
    expect(clientPorts).toHaveLength(4)
  })

  /** A server that resets a connection when it brings a request after its first one, as one that was just ending it does. */
  async function startForgetful(): Promise<{ readonly port: number; readonly seen: string[] }> {
    const known = new Set<Socket>()
    const seen: string[] = []
    const { port } = await startServer((request, response) => {
      seen.push(request.method!)
      if (known.has(request.socket)) request.socket.resetAndDestroy()
      else response.end('{}')
      known.add(request.socket)
    })
    return { port, seen }
  }

  test.each(['GET', 'PUT', 'DELETE'] as const)(
    'sends a %s once more, on a new connection, where the kept one was reset',
    async (method) => {
      const { port, seen } = await startForgetful()
      const machine = network()
      const env = createEnv({ network: machine })
      const url = `http://127.0.0.1:${port}/`
      await Promise.all([requestJson({ url }, env), requestJson({ url }, env)])
      await requestJson({ url, method }, env)
      expect(seen).toEqual(['GET', 'GET', method, method])
      expect(machine.counts).toMatchObject({ restRequests: 4, restRequestsReused: 1, restRequestsRepeated: 1 })
    },
  )

  test('sends a POST once, whatever becomes of it', async () => {
    const { port, seen } = await startForgetful()
    const env = createEnv({ network: network() })
    const url = `http://127.0.0.1:${port}/`
    await requestJson({ url }, env)
    const lost = requestJson({ url, method: 'POST', body: '{}' }, env)
    await expect(lost).rejects.toMatchObject({ code: 'ERR_CONNECTION_CLOSED' })
    expect(seen).toEqual(['GET', 'POST'])
  })

  test('does not repeat what a new connection lost', async () => {
    let requests = 0
    const { port } = await startServer((request) => {
      requests += 1
      request.socket.resetAndDestroy()
    })
    const lost = requestJson({ url: `http://127.0.0.1:${port}/` }, createEnv({ network: network() }))
    await expect(lost).rejects.toMatchObject({ code: 'ERR_CONNECTION_CLOSED' })
    expect(requests).toBe(1)
  })

  test('leaves to an agent of the user’s how many connections there are, and counts them alike', async () => {
    const { port, clientPorts } = await startServer()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    endings.push(() => agent.destroy())
    const machine = network()
    const call = (): Promise<unknown> =>
      requestJson({ url: `http://127.0.0.1:${port}/` }, createEnv({ network: machine, socket: { agent } }))
    await Promise.all(Array.from({ length: 30 }, call))
    expect(clientPorts).toHaveLength(1)
    expect(machine.counts).toMatchObject({ restRequests: 30, restRequestsReused: 29 })
  })

  test('leaves no connection open once the network is closed', async () => {
    const { port, web } = await startServer()
    const machine = network()
    const ended = once(web, 'connection').then(([socket]) => once(socket as Socket, 'close'))
    await requestJson({ url: `http://127.0.0.1:${port}/` }, createEnv({ network: machine }))
    machine.close()
    await ended
  })
})
