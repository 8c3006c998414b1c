import { parseInstrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation, gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CheckResult } from '../src/commands/doctor/check.js'
import { checkDns } from '../src/commands/doctor/network-checks.js'
import { sessionChecks } from '../src/commands/doctor/session-checks.js'
import { invoke, type Outcome } from './support/invoke.js'

const pair = parseInstrument('BTC/USDT')
let server: VenueServer

beforeEach(async () => {
  server = await startVenueServer({ venue: gateioSpotVenue, pairs: [pair], intervalMs: 2 })
})

afterEach(() => server.close())

interface Report {
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
}

async function examine(...more: string[]): Promise<{ code: number; report: Report }> {
  const urls = ['--url', server.url, '--rest-url', server.restUrl]
  const { code, stdout, stderr } = await invoke(['doctor', 'gateio_spot', ...urls, '--json', ...more])
  expect(stderr).toBe('')
  return { code, report: JSON.parse(stdout) as Report }
}

function statuses({ checks }: Report): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, status, code }) => [name, code ?? status]))
}

const healthy = {
  dns: 'skipped',
  tcp: 'ok',
  tls: 'skipped',
  handshake: 'ok',
  subscribe: 'ok',
  'first data': 'ok',
  clock: 'ok',
}

describe('doctor', () => {
  test('finds a healthy server healthy, with a time for each check that ran', async () => {
    const { code, report } = await examine()
    expect({ code, ok: report.ok, statuses: statuses(report) }).toEqual({ code: 0, ok: true, statuses: healthy })
    for (const { status, ms } of report.checks) expect(ms === null).toBe(status === 'skipped')
  })

  test('says so to people, one line a check', async () => {
    const outcome = await invoke(['doctor', 'gateio_spot', '--url', server.url])
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const lines = outcome.stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(`Gate.io spot at ${server.url}`)
    expect(lines.slice(1, -1).map((line) => line.slice(0, 13).trim())).toEqual([
      '· dns',
      '✓ tcp',
      '· tls',
      '✓ handshake',
      '✓ subscribe',
      '✓ first data',
      '✓ clock',
    ])
    expect(lines.at(-1)).toBe('All is well.')
  })

  test('stops at a port where nobody listens, and says what to do', async () => {
    const { url } = server
    await server.close()
    const { code, stdout } = await invoke(['doctor', 'gateio_spot', '--url', url])
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /✗ tcp .*cannot be reached \(ECONNREFUSED\) \[ERR_TCP_FAILED\]\n +Nothing listens there: check the port/,
    )
    expect(stdout).toContain('· handshake               tcp failed')
    expect(stdout).toContain('2 checks failed.')
  })

  test('tells a server without TLS from one that is not there', async () => {
    const { code, report } = await examine('--url', server.url.replace('ws:', 'wss:'))
    expect(code).toBe(1)
    expect(statuses(report)).toMatchObject({ tcp: 'ok', tls: 'ERR_TLS_FAILED', handshake: 'skipped' })
  })

  test('names a refused handshake', async () => {
    server.faults.refuseConnections(503)
    const { code, report } = await examine()
    expect(code).toBe(1)
    expect(statuses(report)).toMatchObject({ handshake: 'ERR_HANDSHAKE_REJECTED', subscribe: 'skipped', clock: 'ok' })
  })

  test('names a refused subscription, in the exchange’s words', async () => {
    const { code, report } = await examine('--symbol', 'NOPE/USDT')
    expect(code).toBe(1)
    expect(statuses(report)).toMatchObject({ handshake: 'ok', subscribe: 'ERR_SUBSCRIPTION_REJECTED' })
    expect(report.checks.find(({ name }) => name === 'subscribe')?.detail).toContain('NOPE_USDT')
  })

  test('notices an exchange that acknowledges and stays silent', async () => {
    server.market.stop()
    const strategies = gateioSpot.public({ url: server.url, restUrl: server.restUrl })
    const { signal } = new AbortController()
    const options = { instrument: pair, channel: 'book_ticker', signal, firstMessageMs: 50 } as const
    const results: CheckResult[] = []
    for await (const result of sessionChecks(strategies, options)) results.push(result)
    expect(results.map(({ status, code }) => code ?? status)).toEqual(['ok', 'ok', 'ERR_FIRST_MESSAGE_TIMEOUT'])
  })

  test('watches the stream, and says how late it is and where', async () => {
    const { code, report } = await examine('--watch', '150ms')
    expect({ code, statuses: statuses(report) }).toEqual({ code: 0, statuses: { ...healthy, watch: 'ok' } })
    expect(report.checks.find(({ name }) => name === 'watch')?.detail).toMatch(
      /^[1-9]\d* messages in 0.15 s, -?[\d.]+ ms old on arrival on average, [\d.]+ ms at most; read within [\d.]+ ms \(99 %\); this process waited [\d.]+ ms at most for its turn$/,
    )
  })

  test('notices a stream that is interrupted while it is watched', async () => {
    const strategies = gateioSpot.public({ url: server.url, restUrl: server.restUrl })
    const { signal } = new AbortController()
    const results: CheckResult[] = []
    for await (const result of sessionChecks(strategies, {
      instrument: pair,
      channel: 'book_ticker',
      signal,
      watchMs: 50,
    })) {
      results.push(result)
      if (result.name === 'first data') server.faults.terminateAll()
    }
    expect(results.at(-1)).toMatchObject({
      name: 'watch',
      code: 'ERR_STREAM_INTERRUPTED',
      detail: expect.stringContaining('connection lost'),
    })
  })

  const { credentials } = gateioSpotEmulation
  const account = async (environment: Record<string, string>): Promise<Outcome> =>
    invoke(['doctor', 'gateio_spot', '--url', server.url, '--rest-url', server.restUrl, '--account'], { environment })

  test('has the exchange accept the key of an account', async () => {
    const { apiKey, apiSecret } = credentials
    const { code, stdout } = await account({ TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: apiSecret })
    expect(stdout).toMatch(/✓ account .* the key is accepted, for orders, executions, balances$/m)
    expect(code).toBe(0)
  })

  test('says what the exchange said to a key that it does not accept, and never the key', async () => {
    const { apiKey } = credentials
    const { code, stdout, stderr } = await account({ TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: 'not-the-secret' })
    expect(stdout).toMatch(/✗ account .*\[ERR_AUTHENTICATION_FAILED\]$/m)
    expect(code).toBe(1)
    for (const secret of [apiKey, 'not-the-secret']) expect(stdout + stderr).not.toContain(secret)
  })

  test('wants the key of an account in the environment', async () => {
    expect(await account({})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--account: channels of an account need its key.'),
    })
  })

  test('notices a host without an address', async () => {
    const target = { host: 'no-such-host.invalid', port: 443, isEncrypted: true }
    await expect(checkDns(target)).rejects.toMatchObject({ code: 'ERR_DNS_FAILED' })
  })

  test('interrupted, ends with 130', async () => {
    const outcome = await invoke(['doctor', 'gateio_spot', '--url', server.url], { signal: AbortSignal.abort() })
    expect(outcome.code).toBe(130)
  })
})
