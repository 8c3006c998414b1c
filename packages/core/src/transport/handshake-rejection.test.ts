import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LoopbackServer } from '../../test/support/loopback-server.js'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import { createEnv } from '../strategy/env.js'
import { openSocket } from './open-socket.js'

let server: LoopbackServer

beforeEach(async () => {
  server = await LoopbackServer.start()
})

afterEach(() => server.close())

describe.each(['ws', 'walker'] as const)('a refused handshake over %s', (transport) => {
  /** The error of a handshake with a key in its query and another in its headers. */
  async function refused(status: number, body: string, headers: Record<string, string> = {}): Promise<StreamError> {
    server.answer = () => ({ status, body, headers })
    const url = `${server.url}ws?listenKey=query-secret`
    const address = { url, headers: { 'X-Api-Key': 'header-secret', Authorization: 'Bearer bearer-secret' } }
    const thrown = await openSocket(address, createEnv({ clock: new ManualClock(), socket: { transport } })).catch(
      (error) => error,
    )
    expect(thrown).toBeInstanceOf(StreamError)
    return thrown
  }

  test('says why, as far as the server said, in one short line', async () => {
    const error = await refused(401, `{"label": "INVALID_KEY",\n "message": "${'no'.repeat(200)}"}`)
    expect(error.message.replace(String(server.port), 'PORT')).toMatchInlineSnapshot(`
      "The exchange did not accept who we are.  [ERR_AUTHENTICATION_FAILED]
      URL: ws://127.0.0.1:PORT/ws?listenKey=…   Status: 401   Body: {"label": "INVALID_KEY", "message": "nononononononononononononononononononononononononononononononononononononononononononononononononononononononononononononon
      Check the key, its permissions and its IP whitelist."
    `)
  })

  test('repeats nothing secret of what the server repeats', async () => {
    const body = 'Route GET:/ws?listenKey=query-secret not found for header-secret (Bearer bearer-secret)'
    const error = await refused(404, body)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/query-secret|header-secret|bearer-secret/)
    expect(error.context.Body).toBe('Route GET:/ws?listenKey=… not found for … (… …)')
  })

  test('shows no page of a firewall', async () => {
    const error = await refused(403, '<html><body>Attention required</body></html>')
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED' })
    expect(error.context).not.toHaveProperty('Body')
  })

  test.each([
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
    ['9'.repeat(20), 86_400_000],
    ['Wed, 01 Jan 2031 00:00:00 GMT', 86_400_000],
  ])('passes on how long to wait, a day at most: %s', async (header, waitMs) => {
    for (const status of [401, 429, 503]) {
      const error = await refused(status, '', { 'Retry-After': header })
      expect([error.retryAfterMs, error.context['Retry after']]).toEqual([waitMs, `${waitMs / 1_000} s`])
    }
  })

  test('says nothing of a wait that the server does not name', async () => {
    const error = await refused(429, '', { 'Retry-After': 'later' })
    expect([error.retryAfterMs, error.context['Retry after']]).toEqual([null, undefined])
  })
})
