import { createHmac } from 'node:crypto'
import { StreamError } from '@tapewire/core'
import { type ConnectionStrategy, createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { type MexcServer, startMexcServer } from './support/mexc-server.js'
import { listenKeyOf, refusal } from './support/refusal.js'

const endpoint = '/api/v3/userDataStream'

let venue: MexcServer
let clock: ManualClock
let env: StrategyEnv
let connection: ConnectionStrategy

function connectionWith(credentials: { apiKey: string; apiSecret: string }): ConnectionStrategy {
  const { url, restUrl } = venue.server
  return mexcSpot.private(credentials, { url, restUrl }).connectionStrategy
}

beforeEach(async () => {
  venue = await startMexcServer()
  clock = new ManualClock()
  env = createEnv({ clock })
  connection = connectionWith(demoCredentials)
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

describe('signed requests', () => {
  it('survive a wrong clock: the exchange’s is asked once and remembered', async () => {
    for (const skewMs of [20_000, -20_000]) {
      clock.skew(skewMs)
      const requests = venue.control.requests.length
      await connection.context(env)
      expect(venue.control.requests.slice(requests)).toEqual([
        `POST ${endpoint}`,
        'GET /api/v3/time',
        `POST ${endpoint}`,
      ])
    }
    const requests = venue.control.requests.length
    await connection.context(env)
    expect(venue.control.requests.slice(requests).filter((request) => !request.startsWith('DELETE'))).toEqual([
      `POST ${endpoint}`,
    ])
  })

  it('say of a time that is refused again that it is, which passes', async () => {
    venue.control.refuseSigned('700003')
    const error = await refusal(connection.context(env))
    expect(error.message).toMatchInlineSnapshot(`
      "MEXC did not accept the time of a signed request, not even after its own clock was asked.  [ERR_CLOCK_SKEW]
      Endpoint: POST /api/v3/userDataStream   Status: 400   Exchange code: 700003
      Synchronise this machine’s clock (NTP), and look for delays on the way; recvWindowMs may be raised to 60,000."
    `)
    expect(connection.shouldReconnect(error)).toBe(true)
  })

  it.each([400, 401, 602, 10072, 700001, 700002, 700006, 700007])(
    'refused with %i are not tried again',
    async (code) => {
      venue.control.refuseSigned(String(code))
      const error = await refusal(connection.context(env))
      expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED', context: { 'Exchange code': code } })
      expect(error.hint).not.toBeNull()
      expect(connection.shouldReconnect(error)).toBe(false)
      const wrapped = new StreamError('ERR_RECONNECT_EXHAUSTED', 'The connection was given up.', { cause: error })
      expect(connection.shouldReconnect(wrapped)).toBe(false)
    },
  )

  it('refused with another code may be tried again', async () => {
    venue.control.refuseSigned('33333')
    const error = await refusal(connection.context(env))
    expect(error.message).toMatchInlineSnapshot(`
      "MEXC refused a REST request.  [ERR_REST_FAILED]
      Endpoint: POST /api/v3/userDataStream   Status: 400   Exchange code: 33333
      Look the exchange code up in MEXC’s list of error codes."
    `)
    expect(connection.shouldReconnect(error)).toBe(true)
  })

  it.each(['firewall', 'rate-limit'] as const)('blocked by a %s say so', async (how) => {
    venue.control.blockRest(how)
    const error = await refusal(connection.context(env))
    expect(error.code).toBe('ERR_RATE_LIMITED')
    expect(connection.shouldReconnect(error)).toBe(true)
  })

  it('with a key or a secret the venue does not know are refused', async () => {
    const wrongSecret = connectionWith({ ...demoCredentials, apiSecret: 'another' })
    expect(await refusal(wrongSecret.context(env))).toMatchObject({
      context: { 'Exchange code': 700002 },
    })
    const wrongKey = connectionWith({ ...demoCredentials, apiKey: 'another' })
    expect(await refusal(wrongKey.context(env))).toMatchObject({
      context: { 'Exchange code': 10072 },
    })
  })

  it('can be signed by a function', async () => {
    const sign = (text: string): Promise<string> =>
      Promise.resolve(createHmac('sha256', demoCredentials.apiSecret).update(text).digest('hex'))
    const { url, restUrl } = venue.server
    const { connectionStrategy } = mexcSpot.private({ apiKey: demoCredentials.apiKey, sign }, { url, restUrl })
    expect(listenKeyOf(await connectionStrategy.context(env))).toHaveLength(64)
  })

  it('end with the signal that is aborted', async () => {
    await expect(connection.context({ ...env, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })
})

describe('secrets', () => {
  it('are in no error, whatever goes wrong', async () => {
    const context = await connection.context(env)
    const errors: StreamError[] = []
    for (const code of [700002, 700003, 700006, 730708, 500]) {
      venue.control.refuseSigned(String(code))
      errors.push(await refusal(connection.context(env)))
    }
    venue.control.refuseSigned(null)
    for (const how of ['firewall', 'rate-limit'] as const) {
      venue.control.blockRest(how)
      errors.push(await refusal(connection.context(env)))
    }
    venue.control.blockRest(null)
    venue.server.faults.refuseRequests({ status: 502, body: 'no JSON' })
    errors.push(await refusal(connection.context(env)))
    venue.server.faults.refuseConnections(401)
    errors.push(await refusal(connection.connect(context, env)))
    await venue.server.close()
    errors.push(await refusal(connection.context(env)), await refusal(connection.connect(context, env)))
    const secrets = [demoCredentials.apiKey, demoCredentials.apiSecret, listenKeyOf(context)]
    for (const error of errors) {
      const words = [...error.walk()]
        .map((cause) => `${String(cause)}${JSON.stringify(cause)}${(cause as Error).stack}`)
        .join()
      for (const secret of secrets) expect(words).not.toContain(secret)
      expect(words).not.toMatch(/signature=[0-9a-f]/)
    }
  })
})
