import { parseInstrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CheckResult } from '../src/commands/doctor/check.js'
import { checkDns } from '../src/commands/doctor/network-checks.js'
import { sessionChecks } from '../src/commands/doctor/session-checks.js'
import { invoke } from './support/invoke.js'

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

  test('notices a host without an address', async () => {
    const target = { host: 'no-such-host.invalid', port: 443, isEncrypted: true }
    await expect(checkDns(target)).rejects.toMatchObject({ code: 'ERR_DNS_FAILED' })
  })

  test('interrupted, ends with 130', async () => {
    const outcome = await invoke(['doctor', 'gateio_spot', '--url', server.url], { signal: AbortSignal.abort() })
    expect(outcome.code).toBe(130)
  })
})
