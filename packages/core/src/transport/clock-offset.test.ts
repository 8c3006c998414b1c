import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { createEnv } from '../strategy/env.js'
import type { RestDialect } from './call-rest.js'
import { clockOffset } from './clock-offset.js'

const acme: RestDialect = { title: 'Acme', errorCodeIn: () => null, meaningOf: () => null }
const timeIn = (body: unknown): unknown => (body as { readonly time?: unknown } | null)?.time

describe('the offset of an exchange’s clock', () => {
  const clock = new ManualClock(1_767_225_600_000)
  const env = createEnv({ clock })
  let answer = ''
  /** How long the answer is on its way, there and back, ms. */
  let tripMs = 0
  const http = createServer((_request, response) => {
    clock.advance(tripMs)
    response.end(answer)
  })

  beforeAll(async () => {
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
  })

  afterAll(async () => {
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })

  const measured = (): Promise<number> => {
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1/time`
    return clockOffset({ url }, timeIn, acme, env)
  }

  test('is how far it is ahead, half of the round trip taken for the way back', async () => {
    tripMs = 100
    answer = JSON.stringify({ time: clock.wallTime() + 50 + 90_000 })
    expect(await measured()).toBe(90_000)
    answer = JSON.stringify({ time: clock.wallTime() + 50 - 90_000 })
    expect(await measured()).toBe(-90_000)
  })

  test.each(['{}', 'null', '"soon"', '{"time":"1767225600000"}', '{"time":1.5}'])(
    'is not guessed where the answer is %s',
    async (said) => {
      tripMs = 0
      answer = said
      await expect(measured()).rejects.toMatchObject({
        code: 'ERR_REST_FAILED',
        shortMessage: 'Acme sent an answer that cannot be used: it has no time.',
        context: { Endpoint: 'GET /v1/time' },
      })
    },
  )
})
