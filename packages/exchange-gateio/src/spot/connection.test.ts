import { StreamError } from '@tapewire/core'
import { createEnv, type Transport } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { btcUsdt } from '../../test/support/frames.js'
import { gateioSpotVenue } from '../testing/index.js'
import { GateioSpotConnection } from './connection.js'
import { type GateioSpotPrivateOptions, resolvePrivateOptions } from './options.js'

const env = createEnv()
const open: VenueServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function startServer(): Promise<VenueServer> {
  const server = await startVenueServer({ venue: gateioSpotVenue, pairs: [btcUsdt], path: '/ws/v4/' })
  open.push(server)
  return server
}

function connection(options: GateioSpotPrivateOptions = {}): GateioSpotConnection {
  return new GateioSpotConnection(resolvePrivateOptions(options))
}

/** The next frame, as text. */
function nextText(transport: Transport): Promise<string> {
  return new Promise((resolve) => {
    const onFrame = ({ bytes, start, end }: { bytes: Buffer; start: number; end: number }): void =>
      resolve(bytes.toString('utf8', start, end))
    transport.listen({ onFrame, onPong: () => {}, onClose: () => {} })
  })
}

describe('GateioSpotConnection', () => {
  it('opens mainnet with a ping every ten seconds unless told otherwise', async () => {
    expect(await connection().context(env)).toEqual({
      url: 'wss://api.gateio.ws/ws/v4/',
      headers: {},
      authRequired: false,
      authParams: null,
      pingIntervalMs: 10_000,
      pingTimeoutMs: 10_000,
      pingMessage: null,
      maxReconnectAttempts: null,
      reconnectDelayMs: null,
    })
  })

  it('pings in the exchange’s own words, and is answered', async () => {
    const { url } = await startServer()
    const strategy = connection({ url })
    const transport = await strategy.connect(await strategy.context(env), env)
    const answer = nextText(transport)
    strategy.heartbeat(transport, env)
    expect(JSON.parse(await answer)).toMatchObject({ channel: 'spot.pong', event: '' })
    transport.terminate()
  })

  it('writes the time of the manager’s clock into the ping', () => {
    const sent: unknown[] = []
    const transport = { send: (data: unknown) => sent.push(data) } as unknown as Transport
    connection().heartbeat(transport, createEnv({ clock: new ManualClock(1_767_225_610_999) }))
    expect(sent).toEqual(['{"time":1767225610,"channel":"spot.ping"}'])
  })

  it('leaves it to the manager how often a key that is refused is tried, so that one connection takes no attempt from another', async () => {
    const server = await startServer()
    const strategy = connection({ url: server.url })
    const context = await strategy.context(env)
    server.faults.refuseConnections(401)
    for (let connections = 0; connections < 5; connections += 1) {
      const error = await strategy.connect(context, env).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
      expect(strategy.shouldReconnect(error as StreamError)).toBe(true)
    }
  })

  it.each([
    ['ERR_CONNECTION_REFUSED', true],
    ['ERR_CONNECTION_CLOSED', true],
    ['ERR_RATE_LIMITED', true],
    ['ERR_AUTHENTICATION_FAILED', true],
    ['ERR_MALFORMED_FRAME', true],
    ['ERR_INSECURE_URL', false],
    ['ERR_INVALID_CREDENTIALS', false],
  ] as const)('after %s tries again: %s', (code, expected) => {
    expect(connection().shouldReconnect(new StreamError(code, 'A failure.'))).toBe(expected)
  })
})
