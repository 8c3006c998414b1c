import { ManualClock, StreamError, systemClock, type Transport } from '@tapewire/core'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { GateioConnection } from './connection.js'
import { type GateioPrivateOptions, resolvePrivateOptions } from './options.js'
import { btcUsdt } from './test-support.js'
import { gateioSpotVenue } from './testing/index.js'

const { signal } = new AbortController()
const open: VenueServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function startServer(): Promise<VenueServer> {
  const server = await startVenueServer({ venue: gateioSpotVenue, pairs: [btcUsdt], path: '/ws/v4/' })
  open.push(server)
  return server
}

function connection(options: GateioPrivateOptions = {}): GateioConnection {
  return new GateioConnection(resolvePrivateOptions(options), null)
}

/** The next frame, as text. */
function nextText(transport: Transport): Promise<string> {
  return new Promise((resolve) => {
    const onFrame = ({ bytes, start, end }: { bytes: Buffer; start: number; end: number }): void =>
      resolve(bytes.toString('utf8', start, end))
    transport.listen({ onFrame, onPong: () => {}, onClose: () => {} })
  })
}

describe('GateioConnection', () => {
  it('opens mainnet with a ping every ten seconds unless told otherwise', async () => {
    expect(await connection().context(signal)).toEqual({
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
    const strategy = connection({ url, clock: new ManualClock() })
    const transport = await strategy.connect(await strategy.context(signal), signal)
    await strategy.authenticate()
    const answer = nextText(transport)
    strategy.heartbeat(transport)
    expect(JSON.parse(await answer)).toMatchObject({ channel: 'spot.pong', event: '' })
    transport.terminate()
  })

  it('writes the time of its clock into the ping', () => {
    const sent: unknown[] = []
    const transport = { send: (data: unknown) => sent.push(data) } as unknown as Transport
    connection({ clock: new ManualClock(1_767_225_610_999) }).heartbeat(transport)
    expect(sent).toEqual(['{"time":1767225610,"channel":"spot.ping"}'])
  })

  it('gives up on a key that is refused three times in a row, and begins anew after a success', async () => {
    const server = await startServer()
    const strategy = connection({ url: server.url, clock: systemClock })
    const context = await strategy.context(signal)
    const attempt = async (): Promise<boolean> => {
      const error = await strategy.connect(context, signal).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
      return strategy.shouldReconnect(error as StreamError)
    }
    server.faults.refuseConnections(401)
    expect([await attempt(), await attempt(), await attempt()]).toEqual([true, true, false])
    server.faults.acceptConnections()
    const transport = await strategy.connect(context, signal)
    transport.terminate()
    server.faults.refuseConnections(401)
    expect(await attempt()).toBe(true)
  })

  it.each([
    ['ERR_CONNECTION_REFUSED', true],
    ['ERR_CONNECTION_CLOSED', true],
    ['ERR_RATE_LIMITED', true],
    ['ERR_MALFORMED_FRAME', true],
    ['ERR_INSECURE_URL', false],
    ['ERR_INVALID_CREDENTIALS', false],
  ] as const)('after %s tries again: %s', (code, expected) => {
    expect(connection().shouldReconnect(new StreamError(code, 'A failure.'))).toBe(expected)
  })
})
