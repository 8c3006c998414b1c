import { type ConnectionContext, type ConnectionStrategy, StreamError, type WebSocketStrategySet } from '@tapewire/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/index.js'
import { type MexcServer, startMexcServer } from './support/mexc-server.js'
import { ObservedClock } from './support/observed-clock.js'

const minute = 60_000
const endpoint = '/api/v3/userDataStream'
const signal = new AbortController().signal

let venue: MexcServer
let clock: ObservedClock
let set: WebSocketStrategySet
let connection: ConnectionStrategy

function strategies(credentials = demoCredentials as { apiKey: string; apiSecret: string }): WebSocketStrategySet {
  return mexcSpot.private(credentials, { url: `${venue.server.url}ws`, restUrl: venue.server.restUrl, clock })
}

beforeEach(async () => {
  venue = await startMexcServer()
  clock = new ObservedClock()
  set = strategies()
  connection = set.connectionStrategy
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

/** Both clocks move on, the venue's first. */
function advance(durationMs: number): void {
  venue.clock.advance(durationMs)
  clock.advance(durationMs)
}

function listenKeyOf(context: ConnectionContext): string {
  return new URL(context.url).searchParams.get('listenKey') ?? ''
}

function requestsTo(method: string): number {
  return venue.control.requests.filter((request) => request === `${method} ${endpoint}`).length
}

/** Opens a connection, and says when it asks to be replaced. */
async function open(): Promise<{ context: ConnectionContext; replaced: Promise<string>; end: () => void }> {
  const context = await connection.context(signal)
  const transport = await connection.connect(context, signal)
  await connection.authenticate(transport, context, signal)
  let end = (): void => {}
  const replaced = new Promise<string>((resolve) => {
    end = connection.maintain?.(context, resolve) ?? end
  })
  return {
    context,
    replaced,
    end: () => {
      end()
      transport.terminate()
    },
  }
}

async function refusal(attempt: Promise<unknown>): Promise<StreamError> {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof StreamError)) throw new Error('It was not refused.')
  return error
}

describe('listen keys', () => {
  it('are asked for anew before each attempt, and travel in the URL', async () => {
    const first = await connection.context(signal)
    const second = await connection.context(signal)
    expect(first.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\?listenKey=[0-9a-f]{64}$/)
    expect(listenKeyOf(second)).not.toBe(listenKeyOf(first))
    expect(second).toMatchObject({ authRequired: false, pingIntervalMs: 20_000, pingTimeoutMs: 10_000 })
  })

  it('are renewed soon after connecting and every 30 minutes from then on', async () => {
    const { context } = await open()
    const delays: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const scheduled = clock.nextTimer()
      advance(clock.nextTimerInMs ?? 0)
      delays.push(await scheduled)
    }
    expect(delays).toEqual([30 * minute, 30 * minute, 30 * minute, 30 * minute])
    expect(requestsTo('PUT')).toBe(4)
    expect(venue.control.listenKeys).toEqual([listenKeyOf(context)])
  })

  it('that the venue has forgotten have the connection replaced', async () => {
    const { replaced } = await open()
    venue.control.expireListenKeys()
    advance(minute)
    expect(await replaced).toBe('the listen key could not be kept alive: MEXC no longer knows the listen key.')
    expect(clock.pendingTimers).toBe(0)
  })

  it('that cannot be renewed for a while are tried each minute, and replaced before they expire', async () => {
    const { replaced } = await open()
    venue.control.blockRest('firewall')
    let isReplaced = false
    const done = replaced.then((reason) => {
      isReplaced = true
      return reason
    })
    let minutes = 0
    while (!isReplaced) {
      const next = Promise.race([clock.nextTimer(), done])
      advance(minute)
      minutes += 1
      await next
    }
    expect(minutes).toBe(55)
    expect(await done).toContain('the listen key could not be kept alive: ')
  })

  it('are renewed no more once the connection has ended', async () => {
    const { end } = await open()
    expect(clock.pendingTimers).toBe(1)
    end()
    expect(clock.pendingTimers).toBe(0)
  })

  it('that no connection uses any more are given back when another is taken', async () => {
    const first = await open()
    first.end()
    const second = await open()
    const third = await open()
    await connection.release?.()
    expect(requestsTo('DELETE')).toBe(3)
    expect(venue.control.listenKeys).toEqual([])
    expect(new Set([first, second, third].map(({ context }) => listenKeyOf(context))).size).toBe(3)
  })

  it('carry five connections and no more', async () => {
    venue.control.reuseListenKeys()
    const opened = []
    for (let count = 0; count < 5; count += 1) opened.push(await open())
    expect(new Set(opened.map(({ context }) => listenKeyOf(context))).size).toBe(1)
    const error = await refusal(connection.context(signal))
    expect(error.code).toBe('ERR_CONNECTION_LIMIT')
    expect(connection.shouldReconnect(error)).toBe(false)
    venue.control.reuseListenKeys(false)
    expect(listenKeyOf((await open()).context)).not.toBe(
      listenKeyOf((opened[0] as { context: ConnectionContext }).context),
    )
  })

  it('shared by connections are renewed once for all, and have all of them replaced', async () => {
    venue.control.reuseListenKeys()
    const [first, second] = [await open(), await open()]
    const scheduled = clock.nextTimer()
    advance(minute)
    await scheduled
    expect(requestsTo('PUT')).toBe(1)
    venue.control.expireListenKeys()
    advance(30 * minute)
    expect(await Promise.all([first.replaced, second.replaced])).toHaveLength(2)
  })

  it('are given back when the manager closes, which no trouble of the venue can prevent', async () => {
    await open()
    venue.control.blockRest('rate-limit')
    await expect(connection.release?.()).resolves.toBeUndefined()
    expect(clock.pendingTimers).toBe(0)
  })

  it('are not lost when the socket cannot be opened', async () => {
    const context = await connection.context(signal)
    venue.server.faults.refuseConnections(503)
    const error = await refusal(connection.connect(context, signal))
    expect(error.code).toBe('ERR_HANDSHAKE_REJECTED')
    expect(connection.shouldReconnect(error)).toBe(true)
    await connection.context(signal)
    await connection.release?.()
    expect(venue.control.listenKeys).toEqual([])
  })
})

describe('signed requests', () => {
  it('survive a wrong clock: the exchange’s is asked once and remembered', async () => {
    for (const skewMs of [20_000, -20_000]) {
      clock.skew(skewMs)
      const requests = venue.control.requests.length
      await connection.context(signal)
      expect(venue.control.requests.slice(requests)).toEqual([
        `POST ${endpoint}`,
        'GET /api/v3/time',
        `POST ${endpoint}`,
      ])
    }
    const requests = venue.control.requests.length
    await connection.context(signal)
    expect(venue.control.requests.slice(requests).filter((request) => !request.startsWith('DELETE'))).toEqual([
      `POST ${endpoint}`,
    ])
  })

  it('give up on a time that is refused again', async () => {
    venue.control.refuseSigned(700003)
    const error = await refusal(connection.context(signal))
    expect(error.message).toMatchInlineSnapshot(`
      "MEXC did not accept the time of a signed request, not even after its own clock was asked.  [ERR_CLOCK_SKEW]
      Endpoint: POST /api/v3/userDataStream   Status: 400   Exchange code: 700003
      Synchronise this machine’s clock (NTP), and look for delays on the way; recvWindowMs may be raised to 60,000."
    `)
    expect(connection.shouldReconnect(error)).toBe(false)
  })

  it.each([400, 401, 602, 10072, 700001, 700002, 700006, 700007])(
    'refused with %i are not tried again',
    async (code) => {
      venue.control.refuseSigned(code)
      const error = await refusal(connection.context(signal))
      expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED', context: { 'Exchange code': code } })
      expect(error.hint).not.toBeNull()
      expect(connection.shouldReconnect(error)).toBe(false)
      const wrapped = new StreamError('ERR_RECONNECT_EXHAUSTED', 'The connection was given up.', { cause: error })
      expect(connection.shouldReconnect(wrapped)).toBe(false)
    },
  )

  it('refused with another code may be tried again', async () => {
    venue.control.refuseSigned(33333)
    const error = await refusal(connection.context(signal))
    expect(error.message).toMatchInlineSnapshot(`
      "MEXC refused a REST request.  [ERR_REST_FAILED]
      Endpoint: POST /api/v3/userDataStream   Status: 400   Exchange code: 33333
      Look the exchange code up in MEXC’s list of error codes."
    `)
    expect(connection.shouldReconnect(error)).toBe(true)
  })

  it.each(['firewall', 'rate-limit'] as const)('blocked by a %s say so', async (how) => {
    venue.control.blockRest(how)
    const error = await refusal(connection.context(signal))
    expect(error.code).toBe('ERR_RATE_LIMITED')
    expect(connection.shouldReconnect(error)).toBe(true)
  })

  it('with a key or a secret the venue does not know are refused', async () => {
    const wrongSecret = strategies({ ...demoCredentials, apiSecret: 'another' })
    expect(await refusal(wrongSecret.connectionStrategy.context(signal))).toMatchObject({
      context: { 'Exchange code': 700002 },
    })
    const wrongKey = strategies({ ...demoCredentials, apiKey: 'another' })
    expect(await refusal(wrongKey.connectionStrategy.context(signal))).toMatchObject({
      context: { 'Exchange code': 10072 },
    })
  })

  it('can be signed by a function', async () => {
    const { createHmac } = await import('node:crypto')
    const sign = (text: string): Promise<string> =>
      Promise.resolve(createHmac('sha256', demoCredentials.apiSecret).update(text).digest('hex'))
    const { url, restUrl } = venue.server
    const { connectionStrategy } = mexcSpot.private({ apiKey: demoCredentials.apiKey, sign }, { url, restUrl, clock })
    expect(listenKeyOf(await connectionStrategy.context(signal))).toHaveLength(64)
  })

  it('end with the signal that is aborted', async () => {
    await expect(connection.context(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

describe('secrets', () => {
  it('are in no error, whatever goes wrong', async () => {
    const { context } = await open()
    const errors: StreamError[] = []
    for (const code of [700002, 700003, 700006, 730708, 500]) {
      venue.control.refuseSigned(code)
      errors.push(await refusal(connection.context(signal)))
    }
    venue.control.refuseSigned(null)
    for (const how of ['firewall', 'rate-limit'] as const) {
      venue.control.blockRest(how)
      errors.push(await refusal(connection.context(signal)))
    }
    venue.control.blockRest(null)
    venue.server.faults.refuseRequests({ status: 502, body: 'no JSON' })
    errors.push(await refusal(connection.context(signal)))
    venue.server.faults.refuseConnections(401)
    errors.push(await refusal(connection.connect(context, signal)))
    await venue.server.close()
    errors.push(await refusal(connection.context(signal)), await refusal(connection.connect(context, signal)))
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
