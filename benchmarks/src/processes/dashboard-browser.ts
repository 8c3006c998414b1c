import { spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'

/** The machine's own; null where it has none. */
export const chromiumPath: string | null =
  spawnSync('which', ['chromium', 'chromium-browser', 'google-chrome'], { encoding: 'utf8' }).stdout?.split('\n')[0] ||
  null

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync']

/** What the page is made of at one moment, after its garbage was collected. */
export interface PageSample {
  readonly atSeconds: number
  readonly heapBytes: number
  readonly nodes: number
  readonly listeners: number
  /** How often its order book was drawn so far. */
  readonly drawings: number
  /** What its main thread has worked so far. */
  readonly taskSeconds: number
  /** What the page says that its feed has brought so far. */
  readonly messages: number
}

/** Changes of the book come in one batch for each drawing. */
const countDrawings = `
  window.drawings = 0
  new MutationObserver(() => { window.drawings++ })
    .observe(document.querySelector('#ladder table'), { subtree: true, characterData: true, childList: true })`

/** The page in a browser of its own, with the browser's own figures. */
export class DashboardBrowser {
  readonly #browser: Browser
  readonly #page: Page
  readonly #inspector: CDPSession

  private constructor(browser: Browser, page: Page, inspector: CDPSession) {
    this.#browser = browser
    this.#page = page
    this.#inspector = inspector
  }

  static async open(url: string): Promise<DashboardBrowser> {
    const browser = await chromium.launch({ executablePath: chromiumPath ?? 'chromium', args: flags })
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(url)
    await page.locator('#ladder .bid').first().waitFor()
    await page.evaluate(countDrawings)
    const inspector = await page.context().newCDPSession(page)
    await inspector.send('Performance.enable')
    return new DashboardBrowser(browser, page, inspector)
  }

  pause(seconds: number): Promise<void> {
    return pause(seconds * 1000)
  }

  async sample(): Promise<PageSample> {
    await this.#inspector.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.#inspector.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await this.#inspector.send('Memory.getDOMCounters')
    const { metrics } = await this.#inspector.send('Performance.getMetrics')
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN
    const messages = await this.#page.locator('#rates dt:text-is("In all") + dd').textContent()
    return {
      atSeconds: metric('Timestamp'),
      heapBytes: usedSize,
      nodes,
      listeners: jsEventListeners,
      drawings: await this.#page.evaluate<number>('window.drawings'),
      taskSeconds: metric('TaskDuration'),
      messages: Number(messages?.replaceAll(',', '')),
    }
  }

  close(): Promise<void> {
    return this.#browser.close()
  }
}
