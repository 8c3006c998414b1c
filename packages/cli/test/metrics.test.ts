import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseInstrument } from '@tapewire/core'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/run.js'
import { Collector, invoke, type Outcome } from './support/invoke.js'
import { hasPrometheus, Prometheus } from './support/prometheus.js'

let gateio: VenueServer

beforeEach(async () => {
  gateio = await startVenueServer({ venue: gateioSpotVenue, pairs: [parseInstrument('BTC/USDT')], intervalMs: 2 })
})

afterEach(() => gateio.close())

const at = (): string[] => ['--url', gateio.url, '--rest-url', gateio.restUrl]

/** Runs a command until what is done with the address of its metrics is done. */
async function measured(argv: readonly string[], work: (url: string) => Promise<void>): Promise<Outcome> {
  const interrupt = new AbortController()
  let working: Promise<void> | null = null
  const stderr = new Collector((text) => {
    const url = /Metrics for Prometheus: ([^\s"]+)/.exec(text)?.[1]
    if (url === undefined || working !== null) return
    working = work(url).finally(() => interrupt.abort())
    // Whoever waits for it hears of it; until then it is nobody's.
    working.catch(() => {})
  })
  const stdout = new Collector()
  const code = await run([...argv, '--metrics-port', '0'], { stdout, stderr, signal: interrupt.signal })
  await working
  return { code, stdout: stdout.text, stderr: stderr.text }
}

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

function ask(url: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Asks until the answer says this. */
async function until(url: string, pattern: RegExp): Promise<Answer> {
  for (;;) {
    const answer = await ask(url)
    if (pattern.test(answer.text)) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const someMessages = (feed: string): RegExp => new RegExp(`^tapewire_messages_total{.*feed="${feed}".*} [1-9]`, 'm')

describe('metrics of a command', () => {
  test('are served while it streams, on loopback, to who asks for them by GET or HEAD', async () => {
    let url = ''
    const outcome = await measured(['stream', 'gateio_spot', 'BTC/USDT', ...at()], async (address) => {
      url = address
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
      const { status, headers, text } = await until(url, someMessages('market'))
      expect(status).toBe(200)
      expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
      expect(text).toContain(
        'tapewire_connection_up{exchange="gateio_spot",feed="market",connection="gateio_spot#1"} 1',
      )
      expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
      expect(await ask(`${url}?format=text`)).toMatchObject({ status: 200 })
      expect(await ask(url, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
      expect(await ask(url.replace('/metrics', '/'))).toMatchObject({ status: 404 })
      expect(await ask(url.replace('/metrics', '/metrics/..%2f'))).toMatchObject({ status: 404 })
    })
    expect(outcome.code).toBe(0)
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED')
  })

  test('are not shown to a page that has its own name lead here', async () => {
    await measured(['stream', 'gateio_spot', 'BTC/USDT', ...at()], async (url) => {
      const { port } = new URL(url)
      const statuses = await Promise.all(
        [`evil.example:${port}`, '127.0.0.1.evil.example', `localhost:${port}`, `[::1]:${port}`].map(
          async (host) => (await ask(url, { headers: { host } })).status,
        ),
      )
      expect(statuses).toEqual([421, 421, 200, 200])
    })
  })

  test('are those of market and account of a recording', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-'))
    try {
      const argv = ['record', 'gateio_spot', 'BTC/USDT', '--out', join(folder, 'tape.jsonl'), ...at()]
      const outcome = await measured(argv, async (url) => void (await until(url, someMessages('market'))))
      expect(outcome).toMatchObject({ code: 0 })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('are those of every exchange of the demo, its accounts too', async () => {
    await measured(['demo', '--duration', '1m', '--json'], async (url) => {
      const { text } = await until(url, someMessages('account'))
      for (const exchange of ['gateio_spot', 'mexc_spot']) {
        for (const feed of ['market', 'account']) {
          expect(text).toContain(`tapewire_errors_total{exchange="${exchange}",feed="${feed}"} 0`)
        }
      }
    })
  })

  test('have a port that is free, and an address that is known', async () => {
    const { port } = new URL(gateio.restUrl)
    const argv = ['stream', 'gateio_spot', 'BTC/USDT', ...at()]
    const taken = await invoke([...argv, '--metrics-port', port])
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('error[ERR_PORT_IN_USE]') })
    const foreign = await invoke([...argv, '--metrics-port', '0', '--metrics-host', '192.0.2.1'])
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('error[ERR_SERVER_FAILED]') })
    for (const flags of [
      ['--metrics-host', '127.0.0.1'],
      ['--metrics-port', 'http'],
    ]) {
      const outcome = await invoke([...argv, ...flags])
      expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('error[ERR_USAGE]') })
    }
  })

  test.skipIf(!hasPrometheus)('are scraped by a Prometheus, which raises no alert of ours over them', async () => {
    await measured(['stream', 'gateio_spot', 'BTC/USDT', '--channels', 'orderbook,trades', ...at()], async (url) => {
      const prometheus = await Prometheus.start(new URL(url).host)
      try {
        const up = 'tapewire_connection_up{job="tapewire",exchange="gateio_spot",connection="gateio_spot#1"}'
        expect(await prometheus.query(up)).toEqual([1])
        expect(await prometheus.query('sum(tapewire_messages_total) > 0')).toHaveLength(1)
        const quantile = 'histogram_quantile(0.99, sum by (le) (tapewire_processing_seconds_bucket))'
        const [p99 = 0] = await prometheus.query(`${quantile} > 0`)
        expect(p99).toBeLessThanOrEqual(4.096)
        expect(await prometheus.rules()).toMatchObject({ health: new Set(['ok']), firing: [] })
      } finally {
        await prometheus.close()
      }
    })
  })
})
