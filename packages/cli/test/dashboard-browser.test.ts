import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { buildPage } from '../build-page.js'
import { run } from '../src/run.js'
import { chromiumPath, openBrowser, openPage, type WatchedPage } from './support/browser.js'
import { Collector } from './support/invoke.js'

/** A browser on a machine that does other things as well, ms. */
const patience = 60_000

describe.skipIf(chromiumPath === null)('tapewire dashboard, in Chromium', { timeout: patience }, () => {
  const end = new AbortController()
  const opened: WatchedPage[] = []
  let folder: string
  let browser: Browser
  let running: Promise<number>
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dashboard-browser-'))
    const [launched] = await Promise.all([openBrowser(), buildPage(folder)])
    browser = launched
    const stdout = new Collector()
    const argv = ['dashboard', '--emulate', 'gateio_spot', '--port', '0', '--page', folder]
    running = run(argv, { stdout, stderr: new Collector(), signal: end.signal })
    await vi.waitFor(() => expect(stdout.text).toContain('\n'), { timeout: patience })
    url = stdout.text.trim()
  }, patience)
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close()
  })
  afterAll(async () => {
    await browser?.close()
    end.abort()
    await running
    await rm(folder, { recursive: true, force: true })
  }, patience)

  async function open(address: string): Promise<WatchedPage> {
    const watched = await openPage(browser)
    watched.page.setDefaultTimeout(patience)
    opened.push(watched)
    await watched.page.goto(address)
    return watched
  }

  test('shows an emulated market that moves, asks no other host, and has no secret in page or traffic', async () => {
    const { page, asked, complaints, heard } = await open(url)
    await page.getByText('Data is good').waitFor()
    const seen = new Set<string>()
    await expect
      .poll(async () => seen.add(await newestTrade(page)).size, { timeout: patience, interval: 20 })
      .toBeGreaterThan(5)
    expect(await page.locator('.book .bid').count()).toBe(15)
    expect([...new Set(asked.map((address) => new URL(address).host))]).toEqual([new URL(url).host])
    expect(complaints).toEqual([])
    const { apiKey, apiSecret } = gateioSpotEmulation.credentials
    const everything = `${heard.join('\n')}\n${await page.content()}`
    expect(everything).toContain('BTC/USDT')
    expect([everything.includes(apiKey), everything.includes(apiSecret)]).toEqual([false, false])
  })

  test('shows a cut that somebody asked for, and its recovery with what it cost', async () => {
    const { page } = await open(url)
    await page.getByText('Data is good').waitFor()
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await page.getByText('Data is not complete').waitFor()
    await page.locator('#connections').getByText('reconnecting').first().waitFor()
    await page.locator('#ladder').getByText('These are the last known levels').waitFor()
    await page.locator('#connections .changes').getByText('reconnecting for').first().waitFor()
    await page.locator('#gaps tbody tr').first().waitFor()
    await page.locator('#ladder .old-reason').waitFor({ state: 'detached' })
    const before = await newestTrade(page)
    await expect.poll(() => newestTrade(page), { timeout: patience }).not.toBe(before)
  })

  test('shows a stream that fell silent as stale, with the reason', async () => {
    const { page } = await open(url)
    await page.getByRole('button', { name: 'Silence BTC/USDT' }).click()
    const stale = page.locator('#streams tr.stale').first()
    await stale.waitFor()
    expect(await stale.textContent()).toMatch(/▲ staleBTC\/USDT .*nothing came for/)
  })

  test('tells nothing to a page of another origin, nor to one that calls this machine by another name', async () => {
    const stranger = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>stranger</title>')
    }).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    try {
      const { page } = await open(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
      const { host, port } = new URL(url)
      const outcome = (socket: string): string => `new Promise((resolve) => {
        const socket = new WebSocket('${socket}', 'tapewire.dashboard.1')
        socket.onmessage = () => resolve('told')
        socket.onclose = () => resolve('refused')
      })`
      expect(await page.evaluate(outcome(`ws://${host}/live`))).toBe('refused')
      expect(await page.evaluate(`fetch('http://${host}/').then(() => 'read', () => 'refused')`)).toBe('refused')

      // The flags of these browsers lead every address below rebound.example here.
      const rebound = await page.goto(`http://desk.rebound.example:${port}/`)
      expect(rebound?.status()).toBe(421)
      expect(await page.evaluate(outcome(`ws://desk.rebound.example:${port}/live`))).toBe('refused')
    } finally {
      stranger.closeAllConnections()
      stranger.close()
    }
  })
})

/** What stands at the top of the tape. */
async function newestTrade(page: Page): Promise<string> {
  const text = await page.locator('#tape tbody tr').first().textContent()
  return text ?? ''
}
