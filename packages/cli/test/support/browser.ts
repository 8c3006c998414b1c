import { spawnSync } from 'node:child_process'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No name of the web is one of this machine, but this one.
  '--host-resolver-rules=MAP *.rebound.example 127.0.0.1',
]

/** The machine's own Chromium; null where it has none. Nothing is downloaded. */
export const chromiumPath: string | null = findChromium()

/** A browser without anybody's settings. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? 'chromium', args: flags })
}

/** A page with what it asked for and complained of. */
export interface WatchedPage {
  readonly page: Page
  /** Addresses of all requests and sockets. */
  readonly asked: readonly string[]
  /** Errors of its script and of its console: of its policy, too. */
  readonly complaints: readonly string[]
  /** Everything that sockets brought and sent, as text. */
  readonly heard: readonly string[]
  close(): Promise<void>
}

/** A window of its own: no storage, no cache of others. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const heard: string[] = []
  page.on('websocket', (socket) => {
    asked.push(socket.url())
    socket.on('framereceived', ({ payload }) => heard.push(String(payload)))
    socket.on('framesent', ({ payload }) => heard.push(String(payload)))
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return { page, asked, complaints, heard, close: () => context.close() }
}

function findChromium(): string | null {
  const found = spawnSync('which', ['chromium', 'chromium-browser', 'google-chrome'], { encoding: 'utf8' })
  // Not null: there may be no `which`.
  return found.stdout?.split('\n')[0] || null
}
