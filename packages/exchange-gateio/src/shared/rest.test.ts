import { createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { btcUsdt } from '../../test/support/frames.js'
import { GateioSpotAccountConnection } from '../spot/account.js'
import { resolvePrivateOptions } from '../spot/options.js'
import { gateioSpotVenue } from '../testing/index.js'
import { ServerTime, SignedRest } from './rest.js'
import { signerOf } from './signature.js'

const startSeconds = 1_767_225_600
let server: VenueServer

afterEach(() => server.close())

/** A server whose clock is right, and a machine whose clock is `skewMs` ahead. */
async function skewed(skewMs: number): Promise<{ serverTime: ServerTime; machine: ManualClock; env: StrategyEnv }> {
  server = await startVenueServer({ venue: gateioSpotVenue, pairs: [btcUsdt], clock: new ManualClock() })
  const machine = new ManualClock()
  machine.skew(skewMs)
  return { serverTime: new ServerTime(server.restUrl), machine, env: createEnv({ clock: machine }) }
}

describe('ServerTime', () => {
  it.each([90_000, -3_600_000])('makes up for a clock that is wrong by %i ms', async (skewMs) => {
    const { serverTime, machine, env } = await skewed(skewMs)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + skewMs / 1000)
    await serverTime.measure(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
    machine.advance(61_000)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds + 61)
  })

  it('is measured anew for each connection attempt', async () => {
    const { serverTime, machine, env } = await skewed(0)
    const options = resolvePrivateOptions({ url: server.url, restUrl: server.restUrl })
    const never = { intervalMs: 0, latestExecutions: async () => [] }
    const strategy = new GateioSpotAccountConnection(options, serverTime, never)
    await strategy.context(env)
    machine.skew(120_000)
    await strategy.context(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it.each([
    { status: 500, body: '{}' },
    { status: 200, body: '{"server_time":"soon"}' },
    { status: 429, body: '{"label":"TOO_MANY_REQUESTS","message":"slow down"}' },
    { status: 200, body: 'null' },
  ])('keeps what it knew when the answer is %j', async (refusal) => {
    const { serverTime, machine, env } = await skewed(90_000)
    await serverTime.measure(env)
    server.faults.refuseRequests(refusal)
    await serverTime.measure(env)
    expect(serverTime.seconds(machine.wallTime())).toBe(startSeconds)
  })

  it('takes the machine’s word where the server cannot be asked, and stops when told to', async () => {
    const { machine, env } = await skewed(0)
    await server.close()
    const unreachable = new ServerTime(server.restUrl)
    await unreachable.measure(env)
    expect(unreachable.seconds(machine.wallTime())).toBe(startSeconds)
    const aborted = createEnv({ signal: AbortSignal.abort(new Error('enough')) })
    await expect(unreachable.measure(aborted)).rejects.toThrow('enough')
  })
})

describe('SignedRest', () => {
  const demo = { apiKey: 'demo-key-0001', apiSecret: 'demo-secret-0001' }

  it('signs method, path, query, body and time as Gate.io does', async () => {
    const texts: string[] = []
    const { sign } = signerOf(demo)
    const { serverTime, env } = await skewed(0)
    const signer = { apiKey: demo.apiKey, sign: (text: string) => texts.push(text) > 0 && sign(text) }
    const rest = new SignedRest({ restUrl: `${server.restUrl}/api/v4`, signer: signer as never, serverTime })
    expect(await rest.get('/spot/my_trades', { limit: 100 }, env)).toEqual([])
    expect(texts).toEqual([
      'GET\n/api/v4/spot/my_trades\nlimit=100\n' +
        'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e\n' +
        '1767225600',
    ])
    const documented = [
      'GET',
      '/api/v4/spot/orders',
      'currency_pair=BTC_USDT&status=open',
      texts[0]?.split('\n')[3],
      '1767225600',
    ]
    expect(sign(documented.join('\n'))).toMatch(/^e2742ce721a794e0c8b28c22b7bbcc3435f141dfadd23864396547c0cf884a7a/)
  })

  it('asks the server’s clock once where its time is refused', async () => {
    const { serverTime, env } = await skewed(90_000)
    const rest = new SignedRest({ restUrl: server.restUrl, signer: signerOf(demo), serverTime })
    expect(await rest.get('/spot/my_trades', { limit: 100 }, env)).toEqual([])
  })

  it('says what was refused, and that a signing function failed', async () => {
    const { serverTime, env } = await skewed(0)
    const unknown = new SignedRest({
      restUrl: server.restUrl,
      signer: signerOf({ ...demo, apiKey: 'other' }),
      serverTime,
    })
    await expect(unknown.get('/spot/my_trades', { limit: 100 }, env)).rejects.toMatchObject({
      code: 'ERR_AUTHENTICATION_FAILED',
    })
    const sealed = { apiKey: demo.apiKey, sign: () => Promise.reject(new Error('sealed')) }
    const unsigned = new SignedRest({ restUrl: server.restUrl, signer: sealed, serverTime })
    await expect(unsigned.get('/spot/my_trades', { limit: 100 }, env)).rejects.toMatchObject({
      code: 'ERR_SIGNING_FAILED',
    })
  })
})
