import { once } from 'node:events'
import { connect } from 'node:net'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { emulations } from '@tapewire/exchange-gateio/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type DashboardOptions, DashboardServer } from '../src/commands/dashboard/server/dashboard-server.js'
import { readPageFiles } from '../src/commands/dashboard/server/page-files.js'
import { bringOwnPackages } from '../src/exchanges/own-packages.js'
import { type EmulatedFeed, openEmulatedFeeds } from '../src/live/open-emulated-feeds.js'
import { ask, LivePage, pageFolder } from './support/dashboard-page.js'

let feed: EmulatedFeed

beforeAll(async () => {
  bringOwnPackages()
  const { signal } = new AbortController()
  const [opened] = await openEmulatedFeeds(['gateio_spot'], { port: 0, signal, onError: () => {} })
  feed = opened as EmulatedFeed
})

afterAll(() => feed.close())

async function serve(options: Partial<DashboardOptions> = {}): Promise<{ server: DashboardServer; url: string }> {
  const files = readPageFiles(pageFolder())
  const server = new DashboardServer({
    feeds: [feed],
    files,
    host: '127.0.0.1',
    port: 0,
    token: null,
    version: '1.2.3',
    ...options,
  })
  const [url] = await server.listen()
  onTestFinished(() => server.close())
  return { server, url }
}

describe('the page', () => {
  test('is served with headers that let it load and reach nothing but its own server', async () => {
    const { url } = await serve()
    const { status, headers, body } = await ask(url, '/')
    const { host } = new URL(url)
    expect([status, body]).toEqual([200, expect.stringContaining('<!doctype html>')])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "manifest-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(await ask(url, '/app.js?v=1')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
  })

  test('is told of by HEAD, and takes nothing', async () => {
    const { url } = await serve()
    expect(await ask(url, '/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await ask(url, '/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    }
  })

  test.each([
    '/secret.key',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/..\\package.json',
    '//etc/passwd',
    '/app.js/',
    '/app.js%00.html',
    '/live',
    'http://evil.example/app.js',
  ])('is all there is to read: %s is not there', async (path) => {
    const { url } = await serve()
    expect((await ask(url, path)).status).toBe(404)
  })

  test('is not served to who calls this machine by another name', async () => {
    const { url, server } = await serve()
    const { port } = new URL(url)
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '192.168.0.1']) {
      expect(await ask(url, '/', { host })).toMatchObject({ status: 421, body: expect.not.stringContaining('html') })
    }
    expect((await ask(url, '/', { host: `localhost:${port}` })).status).toBe(200)
    expect(server.refused.foreign).toBe(4)
  })
})

describe('the socket of the page', () => {
  test('says hello, how each feed is, and the whole market; then what is new', async () => {
    const { url } = await serve()
    const page = new LivePage(url)
    await page.until(() => expect(page.markets.length).toBeGreaterThan(10))
    expect(page.socket.protocol).toBe('tapewire.dashboard.1')
    expect(page.messages.slice(0, 3).map(({ type }) => type)).toEqual(['hello', 'state', 'market'])
    expect(page.messages[0]).toMatchObject({
      version: '1.2.3',
      exchanges: [{ name: 'gateio_spot', isEmulated: true, symbols: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] }],
    })
    expect(page.states[0]).toMatchObject({
      exchange: 'gateio_spot',
      metrics: { messages: expect.any(Number), books: 3 },
      connections: [
        { connectionId: 'gateio_spot#1', state: 'connected' },
        { connectionId: 'gateio_spot account#1', state: 'connected' },
      ],
    })
    await page.until(() => {
      const { stages, eventLoop, last1s } = page.states.at(-1)?.metrics ?? {}
      expect(stages?.handler.maxMs).toBeGreaterThan(0)
      expect(eventLoop?.delayMaxMs).toBeGreaterThan(0)
      expect(last1s?.messagesPerSecond).toBeGreaterThan(0)
    })
    const [first, ...others] = page.markets
    expect(first).toMatchObject({ isWhole: true, symbol: 'BTC/USDT', book: { status: 'live' } })
    expect(first?.book?.bids.length).toBeGreaterThan(20)
    expect(others.every(({ isWhole }) => !isWhole)).toBe(true)
    await page.until(() => expect(page.markets.flatMap(({ trades }) => trades).length).toBeGreaterThan(10))
    const numbers = page.markets.flatMap(({ trades }) => trades.map(({ number }) => number))
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index))
  })

  test('shows another market once it is selected', async () => {
    const { url } = await serve()
    const page = new LivePage(url)
    await once(page.socket, 'open')
    page.send({ type: 'select', exchange: 'gateio_spot', symbol: 'SOL/USDT' })
    await page.until(() => expect(page.markets.at(-1)).toMatchObject({ symbol: 'SOL/USDT' }))
    expect(page.markets.find(({ symbol }) => symbol === 'SOL/USDT')?.isWhole).toBe(true)
  })

  test('is refused to every other origin, to none, and by any other name', async () => {
    const { url, server } = await serve()
    const { port, host } = new URL(url)
    const foreign = [
      'http://evil.example',
      `http://localhost:${port}`,
      'http://127.0.0.1:1',
      'null',
      `http://${host}.evil.example`,
    ]
    for (const origin of foreign) expect(await new LivePage(url, { origin }).refused()).toBe(403)
    // A browser always says where a page comes from.
    expect(await new LivePage(url, { origin: undefined as unknown as string }).refused()).toBe(403)
    const rebound = { origin: 'http://evil.example:8642', headers: { host: 'evil.example:8642' } }
    expect(await new LivePage(url, rebound).refused()).toBe(421)
    expect([server.pages, server.refused.foreign]).toEqual([0, foreign.length + 2])
  })

  test('asks for the token where there is one, and tells nothing without it', async () => {
    const { url, server } = await serve({ token: 'a-token-of-sixteen' })
    expect(new URL(url).hash).toBe('#token=a-token-of-sixteen')
    const strangers = [[], ['tapewire.dashboard.1'], ['tapewire.dashboard.1', 'token.another-of-sixteen']]
    for (const protocols of strangers) {
      const stranger = new LivePage(url, { protocols })
      expect(await stranger.closed()).toBe(4401)
      expect(stranger.text).toBe('')
    }
    expect(server.refused.tokens).toBe(3)
    const page = new LivePage(url)
    await page.until(() => expect(page.messages[0]?.type).toBe('hello'))
    // Of the two it is the name of what is spoken that is answered with, never the token.
    expect(page.socket.protocol).toBe('tapewire.dashboard.1')
    expect((await ask(url, '/')).body).not.toContain('a-token-of-sixteen')
    expect(page.text).not.toContain('a-token-of-sixteen')
  })

  test('has room for so many pages, and again once one has left', async () => {
    const { url, server } = await serve({ maxPages: 1 })
    const page = new LivePage(url)
    await once(page.socket, 'open')
    expect(await new LivePage(url).closed()).toBe(1013)
    page.socket.close()
    await page.until(() => expect(server.pages).toBe(0))
    const next = new LivePage(url)
    await next.until(() => expect(next.messages[0]?.type).toBe('hello'))
  })

  test('ignores and counts what cannot be meant, and ends what is too long or too much', async () => {
    const { url, server } = await serve()
    const page = new LivePage(url)
    await once(page.socket, 'open')
    const wrong = [
      '{',
      '{"type":"select","exchange":"x","symbol":"y"}',
      '{"type":"cut","exchange":"gateio_spot","seconds":99}',
    ]
    for (const text of wrong) page.socket.send(text)
    page.socket.send(Buffer.from([1, 2, 3]))
    await page.until(() => expect(server.refused.messages).toBe(4))
    await page.until(() => expect(page.states.length).toBeGreaterThan(0))
    page.socket.send('x'.repeat(4_097))
    expect(await page.closed()).toBe(1009)
    const eager = new LivePage(url)
    await once(eager.socket, 'open')
    for (let count = 0; count < 200; count += 1) eager.socket.send('{}')
    expect(await eager.closed()).toBe(1008)
  })

  test('cuts an emulated exchange off, and shows that and its end', { timeout: 15_000 }, async () => {
    const { url } = await serve()
    const page = new LivePage(url)
    await once(page.socket, 'open')
    page.send({ type: 'cut', exchange: 'gateio_spot', seconds: 0.1 })
    await page.until(() => {
      const { connections, gaps, log } = page.feed ?? {}
      expect(connections?.map(({ state }) => state)).toEqual(['connected', 'connected'])
      expect(connections?.[0]?.spans.map(({ state }) => state)).toContain('reconnecting')
      expect(gaps?.length).toBeGreaterThan(0)
      expect(log?.length).toBeGreaterThan(0)
    }, 12_000)
  })

  test('has no key or secret of the account in anything it is told', async () => {
    const { url } = await serve()
    const page = new LivePage(url)
    await page.until(() => expect(page.states.length).toBeGreaterThan(1))
    page.send({ type: 'cut', exchange: 'gateio_spot', seconds: 0 })
    await page.until(() =>
      expect(page.states.at(-1)?.connections.map(({ reconnections }) => reconnections)).toEqual([
        expect.any(Number),
        expect.any(Number),
      ]),
    )
    const told = page.text + (await ask(url, '/')).body
    const { apiKey, apiSecret } = emulations.find(({ exchange }) => exchange === gateioSpot.name)?.credentials ?? {}
    for (const secret of [apiKey, apiSecret]) {
      expect(secret?.length).toBeGreaterThan(5)
      expect(told).not.toContain(secret)
    }
  })

  test('ends with the server, and holds it up by nothing', async () => {
    const { url, server } = await serve()
    const page = new LivePage(url)
    await once(page.socket, 'open')
    const { hostname, port } = new URL(url)
    const idle = connect(Number(port), hostname)
    await once(idle, 'connect')
    const closed = page.closed()
    await server.close()
    expect(await closed).toBe(1001)
    idle.destroy()
  })
})
