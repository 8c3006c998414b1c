import { growthNote, growthPerMinute } from '../measure/growth.js'
import { interleave } from '../measure/interleave.js'
import type { BookMemoryCommand, BookMemoryReport } from '../processes/book-memory-process.js'
import { Child } from '../processes/child.js'
import type { Column, Scenario } from '../scenario.js'

const books = 500
const levels = 400
const updatesPerSecond = 50_000
const samples = 41

const columns: readonly Column[] = [
  { key: 'megabytes', title: 'all books at the end, MB', decimals: 2 },
  { key: 'heapMegabytes', title: 'of it heap, MB', decimals: 2 },
  { key: 'heapGrowth', title: 'heap growth, KB a minute', decimals: 1 },
  { key: 'arrayGrowth', title: 'typed array growth, KB a minute', decimals: 1 },
  { key: 'residentGrowth', title: 'resident growth, KB a minute', decimals: 0 },
  { key: 'updates', title: 'updates', decimals: 0 },
]

/** Books that are kept for weeks must not grow. */
export const bookMemory: Scenario = {
  name: 'book-memory',
  title: `Memory of order books: ${books} of ${levels} levels a side, ${updatesPerSecond.toLocaleString('en')} updates a second`,
  isLong: true,
  async run(options) {
    const contestant = { label: 'tapewire', missing: null, isOurs: true, measure: () => measure(options.minutes * 60) }
    return {
      columns,
      rows: await interleave([contestant], { ...options, runs: 1 }),
      notes: [`What the process held before its first book is not counted. ${samples} samples, ${growthNote}`],
    }
  },
}

async function measure(seconds: number): Promise<Record<string, number>> {
  const child = new Child<BookMemoryCommand, BookMemoryReport>('book-memory-process', { nodeFlags: ['--expose-gc'] })
  try {
    const secondsBetweenSamples = seconds / (samples - 1)
    child.send({ kind: 'hold-books', books, levels, updatesPerSecond, samples, secondsBetweenSamples })
    const taken: BookMemoryReport[] = []
    while (taken.length < samples) taken.push(await child.next('book-memory'))
    const perMinute = (bytes: (sample: BookMemoryReport) => number): number =>
      growthPerMinute(taken, secondsBetweenSamples, bytes)
    const last = taken.at(-1) as BookMemoryReport
    return {
      megabytes: (last.heapBytes + last.arrayBytes) / 1e6,
      heapMegabytes: last.heapBytes / 1e6,
      heapGrowth: perMinute(({ heapBytes }) => heapBytes),
      arrayGrowth: perMinute(({ arrayBytes }) => arrayBytes),
      residentGrowth: perMinute(({ residentBytes }) => residentBytes),
      updates: last.updates,
    }
  } finally {
    await child.end()
  }
}
