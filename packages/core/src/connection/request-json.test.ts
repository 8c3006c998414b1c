import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StreamError } from '../errors/stream-error.js'
import { type JsonRequest, requestJson } from './request-json.js'

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

const failing = (request: JsonRequest): Promise<StreamError> =>
  requestJson(request).then(
    () => Promise.reject(new Error('it was answered')),
    (error) => error,
  )

describe('a REST request', () => {
  test('returns status and body, an error of the API included', async () => {
    answer(200, '{"serverTime":1}')
    expect(await requestJson({ url })).toMatchObject({ status: 200, body: { serverTime: 1 } })
    answer(400, '{"label":"INVALID_KEY"}')
    expect(await requestJson({ url })).toMatchObject({ status: 400, body: { label: 'INVALID_KEY' } })
  })

  test('sends method, headers and body', async () => {
    const seen = new Promise<unknown>((resolve) => {
      respond = async (request, response) => {
        const body = (await request.toArray()).join('')
        resolve([request.method, request.headers['x-api-key'], body])
        response.end('{}')
      }
    })
    await requestJson({ url, method: 'POST', headers: { 'X-Api-Key': 'k' }, body: '{"a":1}' })
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
    expect((await failing({ url })).context).toMatchObject({ Status: 429, 'Retry after': '30 s' })
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

  test('gives up in time, and when told to', async () => {
    respond = () => {}
    expect((await failing({ url, timeoutMs: 1 })).code).toBe('ERR_CONNECTION_TIMEOUT')
    const life = new AbortController()
    const result = failing({ url, signal: life.signal })
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
    ['user info, which fetch refuses', () => ({ url: url.replace('//', `//user:${secret}@`) })],
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
