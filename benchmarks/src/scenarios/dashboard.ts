import { growthNote, growthPerMinute } from '../measure/growth.js'
import { Child } from '../processes/child.js'
import { chromiumPath, DashboardBrowser, type PageSample } from '../processes/dashboard-browser.js'
import { DashboardCommand } from '../processes/dashboard-command.js'
import type { TapeCommand, TapeReport } from '../processes/tape-process.js'
import type { Column, Row, RunOptions, Scenario } from '../scenario.js'

const messagesPerSecond = 5_000
/** A little more is sent, so that what is promised is there with what rounding and the ends of the run take. */
const sentPerSecond = messagesPerSecond * 1.01
const symbols = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOT', 'LTC', 'BCH', 'UNI', 'ETC'].map((base) => `${base}/USDT`)
const samples = 20
/** One sample in so many has a row of its own. */
const samplesPerRow = 2
const label = 'tapewire dashboard in Chromium'

const columns: readonly Column[] = [
  { key: 'heap', title: 'page’s heap, MB', decimals: 2 },
  { key: 'heapGrowth', title: 'its growth, KB a minute', decimals: 1 },
  { key: 'nodes', title: 'nodes', decimals: 0 },
  { key: 'listeners', title: 'listeners', decimals: 0 },
  { key: 'resident', title: 'command’s RSS, MB', decimals: 1 },
  { key: 'residentGrowth', title: 'its growth, KB a minute', decimals: 0 },
  { key: 'sent', title: 'messages sent a second', decimals: 0 },
  { key: 'shown', title: 'messages shown a second', decimals: 0 },
  { key: 'drawings', title: 'books drawn a second', decimals: 1 },
  { key: 'pageCpu', title: 'page, share of a core', decimals: 3 },
  { key: 'commandCpu', title: 'command, share of a core', decimals: 3 },
]

/** A page that is left open over a busy market must neither grow nor fall behind. */
export const dashboard: Scenario = {
  name: 'dashboard',
  title: `The page of tapewire dashboard over ${symbols.length} markets of Gate.io that bring ${messagesPerSecond.toLocaleString('en')} messages a second together`,
  isLong: true,
  async run(options) {
    return {
      columns,
      rows: await rowsOf(options),
      notes: [
        `${samples} samples, those of the page ${growthNote}`,
        'A process of its own sends quotes, book updates, trades, tickers and candles over loopback; the command connects to it as to the exchange and serves the page. ' +
          `What is shown is what the page says that its feed has brought. Where that is under ${messagesPerSecond.toLocaleString('en')} a second on average, the run has failed.`,
      ],
    }
  },
}

async function rowsOf({ minutes, progress }: RunOptions): Promise<Row[]> {
  if (chromiumPath === null) {
    return [{ label, state: 'not installed', reason: 'there is no Chromium on this machine', samples: {} }]
  }
  try {
    const taken = await watch(minutes * 60, progress)
    return [wholeRow(taken), ...taken.slice(1).flatMap((sample, index) => rowOfSample(sample, index + 1, taken))]
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return [{ label, state: 'failed', reason, samples: {} }]
  }
}

/** One moment of everything that takes part. */
interface Sample extends PageSample {
  readonly sent: number
  /** Null where the system does not tell. */
  readonly residentBytes: number | null
  readonly commandCpuSeconds: number | null
}

/** Rejects where the page was not shown as much as it was to be. */
async function watch(seconds: number, progress: (text: string) => void): Promise<readonly Sample[]> {
  const exchange = new Child<TapeCommand, TapeReport>('tape-process')
  try {
    exchange.send({ kind: 'start', symbols, messagesPerSecond: sentPerSecond })
    const { url, restUrl } = await exchange.next('listening')
    const command = await DashboardCommand.start({ symbols, url, restUrl })
    try {
      const browser = await DashboardBrowser.open(command.url)
      try {
        const sample = async (): Promise<Sample> => {
          const page = await browser.sample()
          exchange.send({ kind: 'count' })
          const { messages: sent } = await exchange.next('counted')
          const residentBytes = command.residentBytes()
          return { ...page, sent, residentBytes, commandCpuSeconds: command.cpuSeconds() }
        }
        const taken = [await sample()]
        while (taken.length <= samples) {
          await browser.pause(seconds / samples)
          taken.push(await sample())
          progress(told(taken))
        }
        check(taken)
        return taken
      } finally {
        await browser.close()
      }
    } finally {
      await command.end()
    }
  } finally {
    await exchange.end()
  }
}

/** The page is told once a second what came: the last second may be missing from what it shows. */
function check(taken: readonly Sample[]): void {
  const [first, last] = [taken[0] as Sample, taken.at(-1) as Sample]
  const shown = last.messages - first.messages
  if (shown >= messagesPerSecond * (last.atSeconds - first.atSeconds - 1)) return
  const rate = Math.round(figuresBetween(first, last).shown as number)
  throw new Error(`the page was shown ${rate} messages a second, and not ${messagesPerSecond}`)
}

function told(taken: readonly Sample[]): string {
  const { heap, nodes, resident, shown } = figuresBetween(taken.at(-2) as Sample, taken.at(-1) as Sample)
  return `${taken.length - 1}/${samples}  heap ${heap?.toFixed(2)} MB, ${nodes} nodes, command ${resident?.toFixed(0)} MB, ${shown?.toFixed(0)} messages a second`
}

function wholeRow(taken: readonly Sample[]): Row {
  const [first, last] = [taken[0] as Sample, taken.at(-1) as Sample]
  // Samples collect garbage, which takes time that is no measured second.
  const apart = (last.atSeconds - first.atSeconds) / samples
  return rowOf(label, {
    ...figuresBetween(first, last),
    heapGrowth: growthPerMinute(taken, apart, ({ heapBytes }) => heapBytes),
    ...(last.residentBytes === null
      ? {}
      : { residentGrowth: growthPerMinute(taken, apart, ({ residentBytes }) => residentBytes ?? 0) }),
  })
}

function rowOfSample(sample: Sample, index: number, taken: readonly Sample[]): readonly Row[] {
  if (index % samplesPerRow !== 0) return []
  const minutes = (sample.atSeconds - (taken[0] as Sample).atSeconds) / 60
  return [rowOf(`… after ${minutes.toFixed(1)} min`, figuresBetween(taken[index - samplesPerRow] as Sample, sample))]
}

/** How it was at the end of a while, and what came during it. */
function figuresBetween(first: Sample, last: Sample): Partial<Record<string, number>> {
  const seconds = last.atSeconds - first.atSeconds
  const { residentBytes, commandCpuSeconds } = last
  return {
    heap: last.heapBytes / 1e6,
    nodes: last.nodes,
    listeners: last.listeners,
    ...(residentBytes === null ? {} : { resident: residentBytes / 1e6 }),
    sent: (last.sent - first.sent) / seconds,
    shown: (last.messages - first.messages) / seconds,
    drawings: (last.drawings - first.drawings) / seconds,
    pageCpu: (last.taskSeconds - first.taskSeconds) / seconds,
    ...(commandCpuSeconds === null
      ? {}
      : { commandCpu: (commandCpuSeconds - (first.commandCpuSeconds ?? 0)) / seconds }),
  }
}

function rowOf(name: string, figures: Partial<Record<string, number>>): Row {
  const figuresOfRow = Object.entries(figures).flatMap(([key, figure]) =>
    figure === undefined ? [] : [[key, [figure]]],
  )
  return { label: name, state: 'measured', reason: null, samples: Object.fromEntries(figuresOfRow) }
}
