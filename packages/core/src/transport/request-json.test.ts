import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import type { StreamError } from '../errors/stream-error.js'
import { createEnv, type EnvParts } from '../strategy/env.js'
import { type JsonRequest, type JsonResponse, requestJson } from './request-json.js'

let url: string
let respond: (request: IncomingMessage, response: ServerResponse) => unknown
const http = createServer((request, response) => respond(request, response))

beforeEach(async () => {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v4/time`
})

afterEach(async () => {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

/** Answers every request alike. */
function answer(status: number, body: string, headers: Record<string, string> = {}): void {
  respond = (_request, response) => void response.writeHead(status, headers).end(body)
}

const call = (request: JsonRequest, env: EnvParts = {}): Promise<JsonResponse> => requestJson(request, createEnv(env))

const failing = (request: JsonRequest, env: EnvParts = {}): Promise<StreamError> =>
  call(request, env).then(
    () => Promise.reject(new Error('it was answered')),
    (error) => error,
  )

describe('a REST request', () => {
  test('returns status and body, an error of the API included', async () => {
    answer(200, '{"serverTime":1}')
    expect(await call({ url })).toMatchObject({ status: 200, body: { serverTime: 1 } })
    answer(400, '{"label":"INVALID_KEY"}')
    expect(await call({ url })).toMatchObject({ status: 400, body: { label: 'INVALID_KEY' } })
  })

  test('sends method, headers and body', async () => {
    const seen = new Promise<unknown>((resolve) => {
      respond = async (request, response) => {
        const body = (await request.toArray()).join('')
        resolve([request.method, request.headers['x-api-key'], body])
        response.end('{}')
      }
    })
    await call({ url, method: 'POST', headers: { 'X-Api-Key': 'k' }, body: '{"a":1}' })
    expect(await seen).toEqual(['POST', 'k', '{"a":1}'])
  })

  test.each([
    [429, '{}', 'ERR_RATE_LIMITED'],
    [418, '{}', 'ERR_RATE_LIMITED'],
    [403, '<html>Attention required</html>', 'ERR_RATE_LIMITED'],
    [502, '<html>Bad gateway</html>', 'ERR_RATE_LIMITED'],
    [200, 'maintenance', 'ERR_REST_FAILED'],
    [200, '', 'ERR_REST_FAILED'],
  ])('that is answered with %i and %j fails with %s', async (status, body, code) => {
    answer(status, body)
    expect((await failing({ url })).code).toBe(code)
  })

  test('passes on how long to wait', async () => {
    answer(429, '{}', { 'Retry-After': '30' })
    const context = { Status: 429, 'Retry after': '30 s' }
    expect(await failing({ url })).toMatchObject({ retryAfterMs: 30_000, context })
  })

  test.each([
    [200, 'maintenance'],
    [503, 'try later'],
  ])('passes on how long to wait with whatever is answered: %i %j', async (status, body) => {
    const clock = new ManualClock(Date.UTC(2026, 9, 21, 7, 27, 0))
    const headers = { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }
    answer(status, body, headers)
    expect(await failing({ url }, { clock })).toMatchObject({ code: 'ERR_REST_FAILED', retryAfterMs: 60_000 })
    answer(status, '{}', headers)
    expect(await call({ url }, { clock })).toMatchObject({ status, retryAfterMs: 60_000 })
    answer(status, '{}')
    expect(await call({ url }, { clock })).toMatchObject({ status, retryAfterMs: null })
  })

  test('does not take its keys along to where a redirect points', async () => {
    let requests = 0
    respond = (_request, response) => {
      requests += 1
      response.writeHead(302, { Location: '/elsewhere' }).end()
    }
    expect(await failing({ url, headers: { KEY: 'secret-key' } })).toMatchObject({
      code: 'ERR_REST_FAILED',
      context: { Status: 302 },
    })
    expect(requests).toBe(1)
  })

  test('goes through the agent that the socket goes through', async () => {
    answer(200, '{}')
    const asked: unknown[] = []
    const agent = new Agent()
    Object.assign(agent, {
      createConnection: (options: { readonly host: string }) => {
        asked.push(options.host)
        return connect((http.address() as AddressInfo).port, '127.0.0.1')
      },
    })
    await call({ url: 'http://api.example:1/time' }, { socket: { agent } })
    expect(asked).toEqual(['api.example'])
  })

  test('keeps the connection for the next one', async () => {
    const ports: unknown[] = []
    respond = ({ socket }, response) => {
      ports.push(socket.remotePort)
      response.end('{}')
    }
    for (let count = 0; count < 3; count += 1) await call({ url })
    expect(new Set(ports).size).toBe(1)
  })

  test('says what it is, unless told to say something else', async () => {
    const seen: unknown[] = []
    respond = ({ headers }, response) => {
      seen.push([headers.accept, headers['user-agent']])
      response.end('{}')
    }
    await call({ url })
    await call({ url, headers: { 'User-Agent': 'me', Accept: '*/*' } })
    expect(seen).toEqual([
      ['application/json', 'tapewire'],
      ['*/*', 'me'],
    ])
  })

  test.each(['whole', 'in parts'])('reads no more than maxPayloadBytes of an answer that comes %s', async (how) => {
    const body = JSON.stringify('x'.repeat(98))
    respond = (_request, response) => {
      if (how === 'whole') response.end(body)
      else for (const character of body) response.write(character)
      response.end()
    }
    expect((await call({ url }, { socket: { maxPayloadBytes: 100 } })).body).toHaveLength(98)
    const error = await failing({ url }, { socket: { maxPayloadBytes: 99 } })
    expect(error).toMatchObject({ code: 'ERR_REST_FAILED', shortMessage: expect.stringContaining('99 bytes') })
  })

  test('fails where the answer breaks off', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('{"a":', () => response.destroy())
    }
    expect((await failing({ url })).code).toBe('ERR_CONNECTION_CLOSED')
  })

  test('takes the time of the answer from the clock it is given', async () => {
    answer(200, '{}')
    const clock = new ManualClock(1_000)
    clock.skew(500)
    expect((await call({ url }, { clock })).receivedAt).toBe(1_500)
    expect(clock.pendingTimers).toBe(0)
  })

  test('gives up in time, and when told to', async () => {
    const clock = new ManualClock()
    const asked = new Promise<void>((resolve) => {
      respond = () => resolve()
    })
    const late = failing({ url, timeoutMs: 3_000 }, { clock })
    await asked
    clock.advance(3_000)
    expect(await late).toMatchObject({ code: 'ERR_CONNECTION_TIMEOUT' })
    expect(clock.pendingTimers).toBe(0)
    respond = () => {}
    const life = new AbortController()
    const result = failing({ url }, { signal: life.signal })
    const reason = new Error('closed')
    life.abort(reason)
    expect(await result).toBe(reason)
  })

  test('fails where nothing listens', async () => {
    const { port } = http.address() as AddressInfo
    await new Promise((resolve) => http.close(resolve))
    expect((await failing({ url: `http://127.0.0.1:${port}/` })).code).toBe('ERR_CONNECTION_REFUSED')
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
  })
})

describe('no secret of a request is in its error', () => {
  const secret = 'secret-key-1234'
  const cases: readonly (readonly [string, () => JsonRequest])[] = [
    ['a signature beside an answer that repeats it', () => ({ url: `${url}?signature=${secret}` })],
    ['a key beside an answer that repeats it', () => ({ url, headers: { KEY: secret } })],
    ['a URL that cannot be read', () => ({ url: `api.example.com?signature=${secret}` })],
    ['user info, which is not sent', () => ({ url: url.replace('//', `//user:${secret}@`) })],
    ['a key that cannot be a header', () => ({ url, headers: { KEY: `${secret}\nx` } })],
    ['a host that does not answer', () => ({ url: `http://127.0.0.1:1/?signature=${secret}` })],
  ]

  test.each(cases)('%s', async (_name, request) => {
    answer(500, `cannot read ${secret}`)
    const error = await failing(request())
    expect(error.code).toMatch(/^ERR_/)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
  })
})
