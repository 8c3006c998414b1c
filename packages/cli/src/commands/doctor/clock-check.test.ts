import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { NotApplicable } from './check.js'
import { checkClock, clockUrl } from './clock-check.js'

let server: Server

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** A server that answers as it is told, and where it is. */
async function serverThat(answer: (response: ServerResponse) => void): Promise<string> {
  server = createServer((_request, response) => {
    answer(response)
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const { signal } = new AbortController()

describe('the clock check', () => {
  test('accepts a server that has our time', async () => {
    const url = await serverThat(() => {})
    expect(await checkClock(url, signal)).toMatch(
      /^this machine’s clock is \d\.\d s (behind|ahead of) the server, ±0\.5 s$/,
    )
  })

  test.each([
    [-3_600_000, 'ahead of'],
    [3_600_000, 'behind'],
  ])('notices a server that is %i ms from us', async (offsetMs, side) => {
    const url = await serverThat((response) =>
      response.setHeader('date', new Date(Date.now() + offsetMs).toUTCString()),
    )
    await expect(checkClock(url, signal)).rejects.toMatchObject({
      code: 'ERR_CLOCK_SKEW',
      shortMessage: expect.stringContaining(` ${side} the server`),
    })
  })

  test('cannot tell where the server does not say what time it is', async () => {
    const url = await serverThat((response) => {
      response.sendDate = false
    })
    await expect(checkClock(url, signal)).rejects.toBeInstanceOf(NotApplicable)
  })

  test('fails where nobody answers', async () => {
    const url = await serverThat((response) => response.destroy())
    await expect(checkClock(url, signal)).rejects.toMatchObject({ code: 'ERR_CLOCK_UNKNOWN' })
  })
})

test.each([
  ['http://127.0.0.1:1/api', 'ws://127.0.0.1:2/ws', 'http://127.0.0.1:1/api'],
  [undefined, 'ws://127.0.0.1:2/ws', 'http://127.0.0.1:2/'],
  [undefined, 'wss://proxy.example/ws?key=1', 'https://proxy.example/'],
  [undefined, undefined, 'https://api.example/'],
])('asks %s, else the host of %s: %s', (restUrl, socketUrl, expected) => {
  server = createServer()
  expect(clockUrl(restUrl, socketUrl, 'https://api.example/')).toBe(expected)
})
