import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { channels, createPublicExchange, type ExchangeFeed, type PublicExchangeOptions } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { describe, expect, test, vi } from 'vitest'
import type { DemoReport } from '../src/commands/demo/demo-report.js'
import { run } from '../src/run.js'
import { Collector, fakeTerminal, invoke, Keyboard, shownOn } from './support/invoke.js'

async function demo(...more: string[]): Promise<DemoReport> {
  const outcome = await invoke(['demo', '--json', ...more])
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(outcome.stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(outcome.stdout) as DemoReport
}

describe('demo', () => {
  test('runs every exchange, market and account, and counts what arrived', async () => {
    const { exchanges } = await demo('--duration', '1500ms')
    expect(Object.keys(exchanges)).toEqual(['gateio_spot', 'mexc_spot'])
    for (const report of Object.values(exchanges)) {
      expect(report).toMatchObject({
        url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\//),
        restUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+/),
        state: 'connected',
        dropped: 0,
        superseded: 0,
        errors: 0,
        unknown: 0,
        reconnects: 0,
      })
      expect(Object.keys(report.messages)).toEqual([...channels])
      expect(report.messages.orderbook).toBeGreaterThan(0)
      expect(report.messagesPerSecond).toBeGreaterThan(0)
      expect(report.p99Ms).toBeGreaterThanOrEqual(report.p50Ms)
    }
  })

  test('runs the exchange asked for', async () => {
    const { exchanges } = await demo('--duration', '100ms', '--exchange', 'mexc_spot')
    expect(Object.keys(exchanges)).toEqual(['mexc_spot'])
  })

  test('prints a table where nobody asked for JSON', async () => {
    const outcome = await invoke(['demo', '--duration', '100ms'])
    expect(outcome.code).toBe(0)
    const titles = outcome.stdout.split('\n').map((line) => line.slice(0, 12).trim())
    expect(titles).toEqual([
      '',
      'state',
      ...channels,
      'dropped',
      'superseded',
      'errors',
      'unknown',
      'reconnects',
      'messages/s',
      'p50',
      'p99',
      '',
    ])
  })

  test('says where it listens, in code with which a program connects to it', async () => {
    const interrupt = new AbortController()
    const stderr = new Collector()
    const argv = ['demo', '--exchange', 'gateio_spot']
    const running = run(argv, { stdout: new Collector(), stderr, signal: interrupt.signal })
    await vi.waitFor(() => expect(stderr.text).toMatch(/^\}\)$/m), { timeout: 10_000 })
    // What a reader would paste, executed.
    const pasted = stderr.text.slice(stderr.text.indexOf('import'), stderr.text.lastIndexOf('})') + 2)
    const [needed, code] = pasted.split('\n\n')
    expect(needed).toBe("import { createPublicExchange } from '@tapewire/core'")
    const connect = new Function('createPublicExchange', `return (async () => {${code}; return feed})()`) as (
      create: (options: PublicExchangeOptions) => Promise<ExchangeFeed>,
    ) => Promise<ExchangeFeed>
    const feed = await connect((options) => createPublicExchange({ ...options, exchange: gateioSpot }))
    expect((await feed.awaitBook('ETH/USDT')).isLive).toBe(true)
    await feed.close()
    interrupt.abort()
    expect(await running).toBe(0)
  })

  test('shows each exchange on a screen, and ends with what it has', async () => {
    const keys = new Keyboard()
    const terminal = fakeTerminal()
    const code = run(['demo'], { stdout: terminal, stderr: new Collector(), stdin: keys, environment: {} })
    await vi.waitFor(() => expect(shownOn(terminal)[2]).toMatch(/^BTC\/USDT book ● live/), { timeout: 10_000 })
    expect(shownOn(terminal)[0]).toMatch(/^ Gate\.io spot . {2}MEXC spot . {2}‹ BTC\/USDT 1\/3 ›/)
    keys.write('e\t')
    await vi.waitFor(() =>
      expect(shownOn(terminal)[0]).toMatch(/^Gate\.io spot . {3}MEXC spot . {2}‹ ETH\/USDT 2\/3 ›/),
    )
    keys.write('c')
    await vi.waitFor(() => expect(shownOn(terminal).join('\n')).toContain("exchange: 'mexc_spot',"))
    keys.write('\u0003')
    expect(await code).toBe(0)
    expect(keys.isRaw).toBe(false)
    // The terminal is as it was, and the sum is what is left on it.
    expect(terminal.text.slice(terminal.text.lastIndexOf('\u001b[?1049l'))).toMatch(/state +connected +connected\n/)
  })

  test('names a port that is taken, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const outcome = await invoke(['demo', '--exchange', 'gateio_spot', '--port', String(port)])
    taken.close()
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    expect(outcome.stderr).toBe(
      `error[ERR_PORT_IN_USE]: Port ${port} of 127.0.0.1 is in use. — Choose another port, or 0 for any that is free.\n`,
    )
  })
})
