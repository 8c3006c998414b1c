import { growthNote, growthPerMinute } from '../measure/growth.js'
import { interleave, ownContestant } from '../measure/interleave.js'
import { chromiumPath, DashboardBrowser, type PageSample } from '../processes/dashboard-browser.js'
import { DashboardCommand } from '../processes/dashboard-command.js'
import type { Column, Scenario } from '../scenario.js'

const updatesPerSecond = 5_000
const samples = 20

const columns: readonly Column[] = [
  { key: 'heapGrowth', title: 'heap growth, KB a minute', decimals: 1 },
  { key: 'heapFirst', title: 'heap at first, MB', decimals: 2 },
  { key: 'heapLast', title: 'heap at the end, MB', decimals: 2 },
  { key: 'nodes', title: 'nodes more at the end', decimals: 0 },
  { key: 'listeners', title: 'listeners more at the end', decimals: 0 },
  { key: 'drawings', title: 'books drawn a second', decimals: 1 },
  { key: 'pageCpu', title: 'page, share of a core', decimals: 3 },
  { key: 'commandCpu', title: 'command, share of a core', decimals: 3 },
  { key: 'messages', title: 'messages a second', decimals: 0 },
]

/** A page that is left open over a busy market must neither grow nor fall behind. */
export const dashboard: Scenario = {
  name: 'dashboard',
  title: `The page of tapewire dashboard over an emulated market of ${updatesPerSecond.toLocaleString('en')} updates a second`,
  isLong: true,
  async run(options) {
    const page = ownContestant('tapewire dashboard in Chromium', () => measure(options.minutes * 60))
    const missing = chromiumPath === null ? 'there is no Chromium on this machine' : null
    return {
      columns,
      rows: await interleave([{ ...page, missing }], { ...options, runs: 1 }),
      notes: [
        `${samples} samples of the page, ${growthNote}`,
        'The command emulates the exchange as well, connects to it and serves the page: its share is that of all three.',
      ],
    }
  },
}

async function measure(seconds: number): Promise<Record<string, number>> {
  const command = await DashboardCommand.start(updatesPerSecond)
  try {
    const browser = await DashboardBrowser.open(command.url)
    try {
      const cpuBefore = command.cpuSeconds()
      const taken: PageSample[] = [await browser.sample()]
      for (let sample = 0; sample < samples; sample += 1) {
        await browser.pause(seconds / samples)
        taken.push(await browser.sample())
      }
      const [first, last] = [taken[0] as PageSample, taken.at(-1) as PageSample]
      // Samples collect garbage, which takes time that is no measured second.
      const elapsed = last.atSeconds - first.atSeconds
      return {
        heapGrowth: growthPerMinute(taken, elapsed / samples, ({ heapBytes }) => heapBytes),
        heapFirst: first.heapBytes / 1e6,
        heapLast: last.heapBytes / 1e6,
        nodes: last.nodes - first.nodes,
        listeners: last.listeners - first.listeners,
        drawings: (last.drawings - first.drawings) / elapsed,
        pageCpu: (last.taskSeconds - first.taskSeconds) / elapsed,
        ...(cpuBefore === null ? {} : { commandCpu: ((command.cpuSeconds() ?? 0) - cpuBefore) / elapsed }),
        messages: last.messagesPerSecond,
      }
    } finally {
      await browser.close()
    }
  } finally {
    await command.end()
  }
}
