import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from '../../build-page.js'
import { chromiumPath, openBrowser, openPage, type WatchedPage } from '../../test/support/browser.js'
import { objectionsTo } from './objections.js'
import { ScriptedDashboard } from './scripted-dashboard.js'
import { inTrouble, marketAt, stateAt, storyStart } from './scripted-market.js'

/** A browser on a machine that does other things as well, ms. */
const patience = 60_000

const phone = { width: 360, height: 740 }
const desk = { width: 1280, height: 800 }
const wall = { width: 2560, height: 1300 }

describe.skipIf(chromiumPath === null)('the page of the dashboard, in Chromium', { timeout: patience }, () => {
  let folder: string
  let browser: Browser
  let server: ScriptedDashboard
  const opened: WatchedPage[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dashboard-page-'))
    const [launched] = await Promise.all([openBrowser(), buildPage(folder)])
    browser = launched
    server = await ScriptedDashboard.start(folder)
  }, patience)
  afterEach(async () => {
    for (const { close } of opened.splice(0)) await close()
    server.forget()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
    const watched = await openPage(browser, { viewport: desk, ...options })
    watched.page.setDefaultTimeout(patience)
    opened.push(watched)
    await watched.page.goto(server.url)
    await watched.page.getByText('Data is good').waitFor()
    await watched.page.locator('.book .bid').first().waitFor()
    return watched
  }

  test('shows the market as it moves: price, book, trades, candles', async () => {
    const { page, complaints } = await open()
    for (const step of [500, 501]) {
      const market = marketAt(step, false)
      server.say(market)
      const [bid, ask, trade] = [market.book?.bids[0]?.[0], market.book?.asks[0]?.[0], market.trades[0]]
      await page
        .locator('.book .bid .price')
        .first()
        .filter({ hasText: grouped(bid) })
        .waitFor()
      await page
        .locator('.book .ask .price')
        .last()
        .filter({ hasText: grouped(ask) })
        .waitFor()
      await page
        .locator('.tape tbody tr')
        .first()
        .filter({ hasText: grouped(trade?.price) })
        .waitFor()
      await expect.poll(() => page.locator('.tape tbody tr').first().textContent()).toMatch(/buy|sell/)
      // Charts are drawn four times a second.
      await expect
        .poll(() => page.locator('.candles').getAttribute('aria-label'))
        .toContain(`close ${grouped(market.candles[0]?.close)}`)
    }
    expect(complaints).toEqual([])
  })

  test('shows a cut and its recovery, on the timeline and aloud', async () => {
    const { page } = await open()
    const { connections } = inTrouble(storyStart + 1_000)
    server.say(stateAt(storyStart + 1_000, { connections }))
    await page.getByText('Data is not complete').waitFor()
    await page.locator('#connections').getByText('attempt 10: ERR_CONNECTION_REFUSED').waitFor()
    await expect.poll(() => page.locator('#connections .span.bad').count()).toBe(2)
    await page.locator('[role=status]').filter({ hasText: 'acme_spot#1: reconnecting' }).waitFor()
    server.say(stateAt(storyStart + 2_000))
    await page.getByText('Data is good').waitFor()
    await page.locator('[role=status]').filter({ hasText: 'acme_spot#1: connected' }).waitFor()
  })

  test('shows a stale and a gapped stream first, with their reasons, by sign and word', async () => {
    const { page } = await open()
    server.say(inTrouble(storyStart + 1_000))
    const rows = page.locator('#streams tbody tr')
    await rows.first().filter({ hasText: 'gapped' }).waitFor()
    await expect
      .poll(() => rows.nth(0).textContent())
      .toMatch(/^■ gappedBTC\/USDT orderbookupdate 1204 came after 1199/)
    await expect.poll(() => rows.nth(1).textContent()).toMatch(/^▲ staleBTC\/USDT tradesnothing came for 31 s/)
    await expect.poll(() => page.locator('#tape .panel-aside').textContent()).toContain('▲ stale')
  })

  test('greys a book that is not live, and says why', async () => {
    const { page } = await open()
    const { book } = marketAt(501, false)
    if (book === null) throw new Error('The scripted market has a book.')
    server.say(marketAt(501, false, { book: { ...book, status: 'gapped', reason: 'update 1204 came after 1199' } }))
    await page.locator('#ladder').getByText('update 1204 came after 1199').waitFor()
    await expect.poll(() => page.locator('#ladder .is-old, #depth .is-old').count()).toBe(2)
  })

  test('shows an alert with its reason, what to do and where that is explained, and says it aloud', async () => {
    const { page } = await open()
    server.say(inTrouble(storyStart + 1_000))
    const alert = page.locator('#alerts li').first()
    await alert.getByText('It has been silent for 61 s').waitFor()
    await expect.poll(() => alert.textContent()).toContain('Look whether the market trades at all')
    await expect
      .poll(() => alert.getByRole('link').getAttribute('href'))
      .toBe('https://docs.example/alerts.md#stale-stream')
    await page.locator('[role=status]').filter({ hasText: 'stale-stream' }).waitFor()
  })

  test('tells that its own connection is lost and of when everything is, and comes back to the same market', async () => {
    const { page } = await open()
    await page.getByLabel('Symbol').selectOption('ETH/USDT')
    await page.locator('.quote-name', { hasText: 'ETH/USDT' }).waitFor()
    const { port } = server
    await server.stop()
    await page.getByText(/What is shown is as of \d\d:\d\d:\d\d/).waitFor()
    await expect.poll(() => page.locator('.panel-body:not(.is-old)').count()).toBe(0)
    await page.locator('[role=status]').filter({ hasText: 'tells this page nothing any more' }).waitFor()
    await expect.poll(() => page.title()).toBe('▲ No data · ETH/USDT · tapewire')
    server = await ScriptedDashboard.start(folder, port)
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.locator('.banner').waitFor({ state: 'detached' })
    await expect
      .poll(() => server.heard.find(({ type }) => type === 'select'))
      .toEqual({
        type: 'select',
        exchange: 'acme_spot',
        symbol: 'ETH/USDT',
      })
    await expect.poll(() => page.locator('.is-old').count()).toBe(0)
    await expect.poll(() => page.title()).toBe('● Data is good · ETH/USDT · tapewire')
  })

  test('says why it is told nothing: without its token, one page too many, an ended command', async () => {
    const { page } = await open()
    for (const [code, words] of [
      [4401, 'open the whole address that the command printed'],
      [1013, 'close another one'],
      [1001, 'start it again'],
    ] as const) {
      server.refuse(code)
      await page.locator('.banner').getByText(words).waitFor()
      server.refuse(null)
      await page.getByRole('button', { name: 'Try now' }).click()
      await page.locator('.banner').waitFor({ state: 'detached' })
    }
  })

  test('marks a trade that was missed and fetched', async () => {
    const { page } = await open()
    const [trade] = marketAt(501, false).trades
    if (trade === undefined) throw new Error('The scripted market trades.')
    server.say(marketAt(501, false, { trades: [{ ...trade, isBackfilled: true }] }))
    await page.locator('#tape tbody tr').first().getByTitle('Fetched after a gap').waitFor()
    await expect.poll(() => page.locator('#tape .fetched').count()).toBe(1)
  })

  test('offers to cut and to silence an emulation, and nothing of the kind over a real exchange', async () => {
    const { page } = await open()
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await page.getByRole('button', { name: 'Silence BTC/USDT' }).click()
    await expect
      .poll(() => server.heard.filter(({ type }) => type === 'cut' || type === 'mute'))
      .toEqual([
        { type: 'cut', exchange: 'acme_spot', seconds: 3 },
        { type: 'mute', exchange: 'acme_spot', symbol: 'BTC/USDT', seconds: 30 },
      ])
    await page.getByLabel('Exchange').selectOption('Nimbus spot')
    await page.locator('.tag').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: /Cut|Silence/ }).count()).toBe(0)
  })

  test('is worked by keys alone', async () => {
    const { page } = await open()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    // The dialog has the keys until the focus has left it.
    await expect.poll(() => focused(page)).toBe('BODY')
    await page.keyboard.press('s')
    await expect.poll(() => focused(page)).toBe('Symbol')
    await page.keyboard.press('ArrowDown')
    await page.locator('.quote-name', { hasText: 'ETH/USDT' }).waitFor()
    await page.locator('body').click({ position: { x: 2, y: 2 } })
    await page.keyboard.press('e')
    await expect.poll(() => focused(page)).toBe('Exchange')
    await page.keyboard.press('Escape')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('t')
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('light')

    await page.keyboard.press(' ')
    await page.getByText(/Paused at/).waitFor()
    const price = await page.locator('.book .bid .price').first().textContent()
    server.say(marketAt(700, false, { symbol: 'ETH/USDT' }))
    server.say(stateAt(storyStart + 3_000, { alerts: inTrouble(storyStart).alerts }))
    await page.locator('#alerts li').first().waitFor()
    expect(await page.locator('.book .bid .price').first().textContent()).toBe(price)
    await page.keyboard.press(' ')
    await page.locator('.paused').waitFor({ state: 'detached' })
    await page
      .locator('.book .bid .price')
      .first()
      .filter({ hasText: grouped(marketAt(700, false).book?.bids[0]?.[0]) })
      .waitFor()
  })

  test('lets the Tab key through all of it, with what has the focus in sight', async () => {
    const { page } = await open()
    const names: string[] = []
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab')
      const name = await focused(page)
      if (name === 'BODY') break
      names.push(name)
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
      expect([name, outline]).toEqual([name, expect.not.stringMatching('none')])
    }
    expect(names[0]).toBe('Skip to the data')
    expect(names).toEqual(
      expect.arrayContaining(['Exchange', 'Symbol', 'Help', 'Cut the connection', 'All streams', 'licences']),
    )
    expect(new Set(names).size).toBe(names.length)
  })

  test('leaves its keys to others where they are switched off', async () => {
    const { page } = await open()
    await page.keyboard.press('?')
    await page.getByLabel('Keys of one letter work').uncheck()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.keyboard.press('t')
    await page.keyboard.press('?')
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBeUndefined()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test.each([
    ['light', 'a phone', 'well', phone],
    ['dark', 'a wide screen', 'well', wall],
    ['light', 'a phone', 'in trouble', phone],
    ['dark', 'a phone', 'in trouble', phone],
    ['light', 'a wide screen', 'in trouble', wall],
    ['dark', 'a wide screen', 'in trouble', wall],
  ] as const)(
    'has nothing that axe objects to: %s, on %s, where it is %s',
    async (colorScheme, _name, how, viewport) => {
      const { page } = await open({ colorScheme, viewport })
      if (how === 'in trouble') {
        server.say(inTrouble(storyStart + 1_000))
        await page.locator('#alerts li').first().waitFor()
      }
      expect(await objectionsTo(page)).toEqual([])
    },
  )

  test('has a help that axe does not object to', async () => {
    const { page } = await open({ colorScheme: 'dark' })
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    expect(await objectionsTo(page)).toEqual([])
  })

  test('fits every width from 360 to 2560: nothing is wider than the window, no number is cut', async () => {
    const { page } = await open({ viewport: { width: 360, height: 900 } })
    server.say(inTrouble(storyStart + 1_000))
    server.say(marketAt(501, true, { sizeDigits: 8, priceDigits: 2 }))
    await page.locator('#alerts li').first().waitFor()
    for (const width of [360, 420, 719, 720, 1179, 1180, 1440, 1899, 1900, 2560]) {
      await page.setViewportSize({ width, height: 900 })
      const found = await page.evaluate(() => ({
        over: Math.max(0, document.documentElement.scrollWidth - innerWidth),
        cut: [...document.querySelectorAll('.panel')].flatMap((panel) => {
          const { right } = panel.getBoundingClientRect()
          return [...panel.querySelectorAll('.numbers td, dd')]
            .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.getBoundingClientRect().right > right)
            .map((cell) => `${panel.id}: ${cell.textContent}`)
        }),
      }))
      expect({ width, ...found }).toEqual({ width, over: 0, cut: [] })
    }
  })

  test('asks no other host for anything, and nothing that its server does not have', async () => {
    const { page, asked, complaints } = await open()
    server.say(inTrouble(storyStart + 1_000))
    await page.locator('#alerts li').first().waitFor()
    const { host } = new URL(server.url)
    expect([...new Set(asked.map((address) => new URL(address).host))]).toEqual([host])
    expect([...new Set(asked.map((address) => new URL(address).pathname))].sort()).toEqual(
      expect.arrayContaining(['/', '/app.css', '/app.js', '/icon.svg', '/live']),
    )
    expect(complaints).toEqual([])
  })

  test('holds no more after thousands of messages than after hundreds', async () => {
    const { page } = await open()
    const nodesAfter = async (from: number, to: number): Promise<number> => {
      for (let step = from; step < to; step++) {
        server.say(marketAt(step, false))
        if (step % 20 === 0) server.say(stateAt(storyStart + step * 50))
      }
      const last = marketAt(to - 1, false).trades[0]
      await page
        .locator('.tape tbody tr')
        .first()
        .filter({ hasText: grouped(last?.price) })
        .waitFor()
      // Panels are drawn one after the other.
      return page.evaluate(async () => {
        let [count, unchanged] = [0, 0]
        while (unchanged < 30) {
          await new Promise((resolve) => requestAnimationFrame(resolve))
          const now = document.getElementsByTagName('*').length
          unchanged = now === count ? unchanged + 1 : 0
          count = now
        }
        return count
      })
    }
    const few = await nodesAfter(1_000, 1_300)
    const many = await nodesAfter(1_300, 2_500)
    expect(many).toBeLessThanOrEqual(few + 10)
    await expect.poll(() => page.locator('.tape tbody tr').count()).toBe(40)
  })

  test('draws nothing and asks for little while nobody looks, and is current at once when somebody does', async () => {
    const { page } = await open()
    await look(page, false)
    await expect
      .poll(() => server.heard.filter(({ type }) => type === 'pace').at(-1))
      .toEqual({ type: 'pace', frameMs: 5_000 })
    server.say(inTrouble(storyStart + 1_000))
    await expect.poll(() => page.title()).toBe('■ Data is not complete · BTC/USDT · tapewire')
    await look(page, true)
    await expect
      .poll(() => server.heard.filter(({ type }) => type === 'pace').at(-1))
      .not.toEqual({ type: 'pace', frameMs: 5_000 })
  })
})

/** As the page writes a price of one digit after the point. */
function grouped(price: number | undefined): string {
  return (price ?? Number.NaN).toLocaleString('en-US', { minimumFractionDigits: 1 })
}

/** What has the focus, by its name; `BODY` where nothing has. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return 'BODY'
    const label = element instanceof HTMLSelectElement ? element.labels[0]?.querySelector('.label')?.textContent : null
    return label ?? element.getAttribute('aria-label') ?? element.textContent.trim()
  })
}

/** A headless browser shows every page it has; so the page is told what another would be. */
function look(page: Page, isSeen: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isSeen)
}
