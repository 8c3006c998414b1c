import { inspect } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorMessage } from '../src/adapter.js'
import { ConnectionState, type StreamError, WebSocketManager, type WebSocketManagerOptions } from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { type AcmeOptions, acmeStrategies } from './support/acme-exchange.js'
import { type HandshakeAnswer, LoopbackServer } from './support/loopback-server.js'

const secrets = ['listen-key-5f3a', 'header-key-77c1', 'signature-09ab', 'password-e41d']
const [listenKey, headerKey, signature, password] = secrets

let server: LoopbackServer

beforeEach(async () => {
  server = await LoopbackServer.start()
})

afterEach(() => server.close())

/** A session whose context is full of secrets; everything it logs, throws and reports is in `told`. */
function session(acme: Partial<AcmeOptions> = {}): { manager: WebSocketManager; clock: ManualClock; told: unknown[] } {
  const told: unknown[] = []
  const clock = new ManualClock()
  const options: WebSocketManagerOptions = {
    strategies: acmeStrategies({
      url: server.url,
      context: {
        url: `${server.url.replace('//', `//user:${password}@`)}ws?listenKey=${listenKey}`,
        headers: { 'X-Api-Key': headerKey as string },
        authParams: { signature },
      },
      ...acme,
    }),
    clock,
    logger: pino({ level: 'trace' }, { write: (line: string) => void told.push(line) }),
    onConnectionState: (event) => void told.push(event),
    onStreamState: (state) => void told.push(state),
    onError: (error) => void told.push(error),
  }
  return { manager: new WebSocketManager(options), clock, told }
}

const start = (manager: WebSocketManager): Promise<unknown> =>
  manager.initialize({ symbols: ['BTC/USDT'], channels: ['book_ticker'] }).catch((error: StreamError) => error)

function expectNoSecretIn(told: readonly unknown[]): void {
  expect(told.length).toBeGreaterThan(0)
  for (const one of told) {
    const text = typeof one === 'string' ? one : inspect(one, { depth: 20, showHidden: true })
    for (const secret of secrets) expect(text).not.toContain(secret)
  }
}

describe('no secret of a session is logged, thrown or reported', () => {
  /** A server that repeats what it was asked, as some gateways do. */
  const echo = `cannot serve /ws?listenKey=${listenKey} to ${headerKey} (user:${password})`
  const answers: readonly (readonly [string, HandshakeAnswer])[] = [
    ['refuses the key', { status: 401, body: echo }],
    ['forbids it', { status: 403, body: `{"message":"${echo}"}` }],
    ['knows no such path', { status: 404, body: echo }],
    ['limits the rate', { status: 429, body: echo, headers: { 'Retry-After': '1' } }],
    ['redirects', { status: 302, headers: { Location: `/login?listenKey=${listenKey}` } }],
    ['is down', { status: 503, body: `<html>${echo}</html>` }],
    ['hangs up', 'cut'],
  ]

  test.each(answers)('where the server %s, at first and after a loss', async (_what, answer) => {
    server.answer = (index) => (index === 1 ? 'accept' : answer)
    const first = session()
    first.told.push(await start(first.manager))
    await first.manager.close()
    expectNoSecretIn(first.told)

    server.onClient = (client) => {
      client.on('message', (data) => {
        const { id } = JSON.parse(String(data))
        client.send(JSON.stringify({ ack: 'subscribe', id, rejected: [] }), () => client.terminate())
      })
    }
    const { manager, clock, told } = session()
    await start(manager)
    const isOver = (): boolean =>
      told.some((one) => (one as { state?: string }).state === ConnectionState.Error) || server.handshakes.length > 9
    while (!isOver()) {
      const nextInMs = clock.nextTimerInMs ?? 0
      if (nextInMs <= 12_000) clock.advance(nextInMs)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await manager.close()
    expectNoSecretIn(told)
  })

  test('where nothing listens', async () => {
    const { manager, told } = session()
    await server.close()
    told.push(await start(manager))
    server = await LoopbackServer.start()
    expectNoSecretIn(told)
  })

  test.each([
    ['cannot be read', () => `example.com/ws?listenKey=${listenKey}`],
    ['is not encrypted', () => `ws://user:${password}@192.0.2.1/ws?listenKey=${listenKey}`],
    ['has a slash in its password', () => `wss://user:x/${password}@example.com/ws`],
    ['is not one of a socket', () => `https://example.com/${signature}${signature}?listenKey=${listenKey}`],
  ])('where the URL %s', async (_what, url) => {
    const { manager, told } = session({ context: { url: url() } })
    told.push(await start(manager))
    expectNoSecretIn(told)
  })

  test.each(['ws', 'walker'] as const)('where a header cannot be sent (%s)', async (transport) => {
    const context = { headers: { 'X-Api-Key': `${headerKey}\nX-Other: 1` }, url: server.url }
    const { manager, told } = session({ context, socket: { transport } })
    told.push(await start(manager))
    expect(told.at(-1)).toMatchObject({ code: expect.stringMatching(/^ERR_/) })
    expectNoSecretIn(told)
  })

  test('where the exchange reports an error on an open connection', async () => {
    server.onClient = (client) => client.send(JSON.stringify({ error: 'login failed' }))
    const { manager, told } = session()
    told.push(await start(manager), errorMessage(0, '42', 'x'))
    await manager.close()
    expectNoSecretIn(told)
  })
})
