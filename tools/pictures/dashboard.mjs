import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../packages/cli/bin/tapewire.js', import.meta.url))
const { chromium } = createRequire(program)('playwright-core')

/** The dashboard over an emulation, after so many minutes: a candle for each. Two minutes before the end its connections are cut, for the timeline to have something to tell. */
export async function dashboardPicture(path, minutes) {
  const flags = ['dashboard', '--emulate', 'gateio_spot', '--port', '0', '--json']
  const command = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = await once(createInterface({ input: command.stdout }), 'line')
    const executablePath = spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim()
    const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
    try {
      const page = await browser.newPage({ viewport: { width: 1360, height: 940 }, colorScheme: 'dark' })
      await page.goto(JSON.parse(line).url)
      await pause(Math.max(0, minutes - 2) * 60_000)
      await page.getByRole('button', { name: 'Cut the connection' }).click()
      await pause(Math.min(minutes, 2) * 60_000)
      // On a busy machine a cut raises alerts, which clear once it was well for a while.
      await page.getByText('Data is good').waitFor({ timeout: 300_000 })
      // As it is opened: at its top, and nothing has the focus.
      await page.reload()
      await page.locator('.book .bid').first().waitFor()
      await pause(3_000)
      await page.screenshot({ path })
    } finally {
      await browser.close()
    }
  } finally {
    command.kill('SIGTERM')
    await once(command, 'exit')
  }
}
