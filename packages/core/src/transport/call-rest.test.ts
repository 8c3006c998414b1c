import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StreamError } from '../errors/stream-error.js'
import { createEnv } from '../strategy/env.js'
import { callRest, type RestDialect } from './call-rest.js'

const acme: RestDialect = {
  title: 'Acme',
  errorCodeIn: (body) => (body as { readonly error?: string } | null)?.error ?? null,
  meaningOf: (code) =>
    code === 'WHO'
      ? { code: 'ERR_AUTHENTICATION_FAILED', what: 'Acme does not know the key.', hint: 'Check it.' }
      : null,
}

let url: string
let answer: { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
const http = createServer((_request, response) =>
  response.writeHead(answer.status, answer.headers ?? {}).end(answer.body),
)

beforeEach(async () => {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1/book?key=secret-key`
})

afterEach(async () => {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

const refusal = (): Promise<StreamError> =>
  callRest({ url, about: { Symbol: 'BTC/USDT' } }, acme, createEnv()).then(
    () => Promise.reject(new Error('it was answered')),
    (error) => error,
  )

describe('a REST call', () => {
  test('resolves with a success', async () => {
    answer = { status: 201, body: '{"a":1}' }
    expect(await callRest({ url }, acme, createEnv())).toMatchObject({ status: 201, body: { a: 1 } })
  })

  test.each([200, 400, 500])('fails with the meaning of the exchange’s own code, at status %i', async (status) => {
    answer = { status, body: '{"error":"WHO","said":"secret-key"}', headers: { 'Retry-After': '3' } }
    const error = await refusal()
    expect(error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED', retryAfterMs: 3_000, hint: 'Check it.' })
    expect(error.context).toEqual({
      Endpoint: 'GET /v1/book',
      Symbol: 'BTC/USDT',
      Status: status,
      'Exchange code': 'WHO',
    })
    expect(error.message).not.toContain('secret')
  })

  test.each([
    [400, '{"error":"ODD"}', 'Acme’s list of error codes'],
    [404, '{}', 'Acme’s list of error codes'],
    [503, '{}', 'Acme may be in trouble'],
  ])('fails at status %i with %s', async (status, body, hint) => {
    answer = { status, body }
    const error = await refusal()
    expect(error.code).toBe('ERR_REST_FAILED')
    expect(error.hint).toContain(hint)
  })
})
