import { once } from 'node:events'
import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { connect } from 'node:net'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createEnv, openSocket, requestJson, type Transport } from '../src/adapter.js'
import type { SocketOptions } from '../src/index.js'
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

describe('keep-alive and no-delay', () => {
  /** What a TCP socket of Node's is on the inside: what is called here, the system is told. */
  interface TcpHandle {
    setNoDelay(isOn: boolean): number
    setKeepAlive(isOn: boolean, delaySeconds: number): number
    getsockname(out: { port?: number }): number
  }
  let prototype: TcpHandle

  beforeAll(async () => {
    const server = await WebServer.start()
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    prototype = Object.getPrototypeOf((socket as unknown as { _handle: TcpHandle })._handle)
    socket.destroy()
    await server.close()
  })

  const settings = [false, true].flatMap((isSecure) =>
    (['walker', 'ws', 'REST'] as const).flatMap((kind) =>
      (['no agent', 'an agent'] as const).map((via) => ({ kind, via, isSecure, over: isSecure ? 'TLS' : 'TCP' })),
    ),
  )

  test.each(settings)('are on for $kind over $over with $via', async ({ kind, via, isSecure }) => {
    // There is no authority to trust without an agent to say so.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const delays = vi.spyOn(prototype, 'setNoDelay')
    const keeps = vi.spyOn(prototype, 'setKeepAlive')
    const { port, clientPorts } = await startServer(undefined, { isSecure })
    // As an agent of somebody else's may be: without either.
    const agent = new (isSecure ? SecureAgent : Agent)({ noDelay: false } as object)
    const socket: SocketOptions = {
      ...(via === 'an agent' ? { agent } : {}),
      ...(kind === 'REST' ? {} : { transport: kind }),
    }
    const env = createEnv({ socket })
    const authority = `127.0.0.1:${port}/`
    let opened: Transport | null = null
    let told: readonly [unknown, unknown] | null = null
    const look = (): void => {
      const isClients = (handle: TcpHandle): boolean => {
        const name: { port?: number } = {}
        handle.getsockname(name)
        return name.port === clientPorts[0]
      }
      // Newer versions of Node pass on more than they were told.
      const lastOf = (spy: typeof delays | typeof keeps): unknown =>
        spy.mock.calls.findLast((_call, index) => isClients(spy.mock.contexts[index] as TcpHandle))?.slice(0, 2)
      told = [lastOf(delays), lastOf(keeps)]
    }
    if (kind === 'REST') await requestJson({ url: `http${isSecure ? 's' : ''}://${authority}` }, env)
    else opened = await openSocket({ url: `ws${isSecure ? 's' : ''}://${authority}`, headers: {} }, env)
    look()
    opened?.terminate()
    expect(told).toEqual([[true], [true, 15]])
  })
})
