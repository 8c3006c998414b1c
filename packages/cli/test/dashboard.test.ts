import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { openEmulatedFeeds } from '../src/live/open-emulated-feeds.js'
import { run } from '../src/run.js'
import { ask, LivePage, pageFolder } from './support/dashboard-page.js'
import { Collector, invoke } from './support/invoke.js'

/** The packages of the exchanges are loaded by whoever is first, which takes its time on a busy machine. */
const startMs = 30_000

/** Runs it until its page was looked at. */
async function show(argv: readonly string[], look: (url: string, stderr: Collector) => Promise<void>): Promise<string> {
  const end = new AbortController()
  const stdout = new Collector()
  const stderr = new Collector()
  const running = run(['dashboard', '--port', '0', '--page', pageFolder(), ...argv], {
    stdout,
    stderr,
    signal: end.signal,
  })
  try {
    await vi.waitFor(() => expect(stdout.text + stderr.text).toContain('\n'), { timeout: startMs })
    expect(stderr.text).not.toContain('error[')
    await look(stdout.text.trim(), stderr)
  } finally {
    end.abort()
  }
  expect(await running).toBe(0)
  return stdout.text
}

describe('dashboard', { timeout: startMs + 10_000 }, () => {
  test('shows the emulations where no exchange is named, says where, and ends with Ctrl-C', async () => {
    await show([], async (url, stderr) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
      await vi.waitFor(() => expect(stderr.text).toContain('Gate.io spot (emulated) and MEXC spot (emulated)'))
      expect(stderr.text).toContain('Ctrl-C ends it.')
      const page = new LivePage(url)
      await page.until(() => expect(page.markets.length).toBeGreaterThan(0))
      expect(page.messages[0]).toMatchObject({ exchanges: [{ name: 'gateio_spot' }, { name: 'mexc_spot' }] })
      expect((await ask(url, '/')).status).toBe(200)
    })
  })

  test('shows the market of an exchange, with the channels asked for, and cannot cut it off', async () => {
    const { signal } = new AbortController()
    const [feed] = await openEmulatedFeeds(['gateio_spot'], { port: 0, signal, onError: () => {} })
    const { url = '', restUrl = '' } = feed?.emulation.endpoints ?? {}
    const argv = ['gateio_spot', 'ETH/USDT', '--channels', 'trades,orderbook', '--url', url, '--rest-url', restUrl]
    await show(argv, async (address, stderr) => {
      const page = new LivePage(address)
      await page.until(() => expect(page.markets.at(-1)?.book?.status).toBe('live'))
      const exchanges = [
        { name: 'gateio_spot', isEmulated: false, symbols: ['ETH/USDT'], channels: ['trades', 'orderbook'] },
      ]
      expect(page.messages[0]).toMatchObject({ exchanges })
      expect(page.markets.at(-1)).toMatchObject({ symbol: 'ETH/USDT', quote: null, ticker: null })
      expect(stderr.text).not.toContain('emulated')
      page.send({ type: 'cut', exchange: 'gateio_spot', seconds: 0 })
      const { length } = page.states
      await page.until(() => expect(page.states.length).toBeGreaterThan(length + 1))
      expect(page.states.at(-1)?.metrics.reconnections).toBe(0)
    })
    await feed?.close()
  })

  test('asks for a token where others may connect, and puts it into the address', async () => {
    const text = await show(['--emulate', 'mexc_spot', '--host', '0.0.0.0', '--json'], async (line) => {
      const { url, urls, exchanges } = JSON.parse(line) as { url: string; urls: string[]; exchanges: string[] }
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{32}$/)
      expect(urls[0]).toBe(url)
      expect(exchanges).toEqual(['mexc_spot'])
      const stranger = new LivePage(url.replace(/#.*/, ''))
      expect(await stranger.closed()).toBe(4401)
      const page = new LivePage(url)
      await page.until(() => expect(page.messages[0]?.type).toBe('hello'))
    })
    expect(text.trim().split('\n')).toHaveLength(1)
  })

  test('ends by itself after --duration', async () => {
    const outcome = await invoke([
      'dashboard',
      '--emulate',
      'gateio_spot',
      '--port',
      '0',
      '--page',
      pageFolder(),
      '--duration',
      '50ms',
    ])
    expect(outcome.code).toBe(0)
  })

  test('names a port that is taken, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const argv = ['dashboard', '--emulate', 'gateio_spot', '--page', pageFolder(), '--port', String(port)]
    const outcome = await invoke(argv)
    taken.close()
    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr: `error[ERR_PORT_IN_USE]: Port ${port} of 127.0.0.1 is in use. — Choose another port, or 0 for any that is free.\n`,
    })
  })

  test('names a host that is not of this machine', async () => {
    const argv = ['dashboard', '--emulate', 'gateio_spot', '--page', pageFolder(), '--port', '0', '--host', '192.0.2.1']
    expect(await invoke(argv)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error[ERR_SERVER_FAILED]: The dashboard cannot listen on 192.0.2.1, port 0: EADDRNOTAVAIL. — The host is an address of this machine, or 0.0.0.0 for all of them.\n',
    })
  })

  test('says where there is no page', async () => {
    const outcome = await invoke(['dashboard', '--page', '/nowhere'])
    expect(outcome).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error[ERR_PAGE_NOT_BUILT]: There is no page in /nowhere. — It comes with the published package; in the repository npm run build makes it.\n',
    })
  })
})
