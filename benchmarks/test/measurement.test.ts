import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { InstalledProject } from '../../integration/src/installed-project.js'
import { Rig } from '../src/measure/rig.js'
import { startFrom } from '../src/processes/build.js'
import { gateioBookSession } from '../src/scenarios/gateio-book-session.js'
import { gateioBookTicker } from '../src/scenarios/gateio-book-ticker.js'
import { gateioBookUpdates } from '../src/scenarios/gateio-book-updates.js'
import { inProcess } from '../src/scenarios/in-process.js'
import type { SubjectName } from '../src/subjects/catalogue.js'
import {
  gateioBook,
  gateioBookTickers,
  gateioBookTickersOf,
  gateioDepthUpdates,
  gateioTrades,
} from '../src/workloads/gateio-workloads.js'
import { mexcBookTickers, mexcHundredPairs } from '../src/workloads/mexc-workloads.js'
import type { Workload } from '../src/workloads/workload.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
let project: InstalledProject
let rig: Rig | null = null

// Transpiled once: a loader would do that in each of the many processes, and take longer than what they measure.
beforeAll(() => {
  project = new InstalledProject()
  for (const name of ['core', 'exchange-gateio', 'exchange-mexc', 'relay-nats', 'testkit']) {
    project.install(join(root, 'packages', name))
  }
  for (const name of ['@msgpack/msgpack', '@nats-io/transport-node', 'msgpackr', 'protobufjs', 'ws']) {
    project.borrow(join(root, 'benchmarks'), name)
  }
  project.addPrograms(join(root, 'benchmarks/src'), 'benchmarks/src')
  // They read a file of a package that is beside them in the workspace.
  symlinkSync(join(root, 'packages'), join(project.folder, 'packages'), 'junction')
  startFrom(pathToFileURL(join(project.folder, 'benchmarks/src/processes/')))
})

afterAll(() => project.remove())

afterEach(async () => {
  await rig?.close()
  rig = null
})

/** Sends at least a block of frames, and has every one of them counted and read. */
async function measure(name: SubjectName, workload: Workload): Promise<{ sent: number; received: number }> {
  rig = await Rig.open(name, workload)
  rig.begin()
  const { sent, finished } = await rig.settle()
  return { sent: sent.messages, received: finished.messages }
}

describe('a measurement', { timeout: 60_000 }, () => {
  const cases: readonly [SubjectName, string, () => Workload, number][] = [
    ['tapewire-walker', 'Gate.io book tickers', gateioBookTickers, 1],
    ['tapewire-walker', '1,000 pairs of Gate.io on one connection', () => gateioBookTickersOf(1_000), 1],
    ['tapewire-ws', 'a Gate.io order book that is kept', gateioBook, 1],
    ['tapewire-walker', '100 pairs of MEXC over several connections', mexcHundredPairs, 8],
    ['ws-json', 'Gate.io order book updates', gateioDepthUpdates, 1],
    ['ws-protobufjs', 'MEXC book tickers', mexcBookTickers, 1],
    ['tcp-sink', 'Gate.io trades', gateioTrades, 1],
  ]

  it.each(cases)('of %s on %s counts and reads exactly what was sent', async (name, _title, workload, connections) => {
    const { sent, received } = await measure(name, workload())
    expect(received).toBe(sent)
    expect(sent).toBeGreaterThanOrEqual(4_000)
    expect(rig?.connections).toBe(connections)
  })

  it('fails where what was read is not what was sent', async () => {
    const workload = gateioBookTickers()
    const streams = workload.streams.map((stream) => ({
      ...stream,
      values: stream.values.map((value) => value + 0.01),
    }))
    await expect(measure('ws-json', { ...workload, streams })).rejects.toThrow(/messages sent add up to/)
  })

  it('of a client at a fixed rate times each message against its schedule', async () => {
    rig = await Rig.open('tapewire-walker', gateioBookTickers(), {
      pace: { messagesPerSecond: 10_000 },
      measure: 'latency',
    })
    await rig.beginOnSchedule(10_000, 0)
    await rig.observe(0, 0.3)
    const { sent, finished } = await rig.settle()
    expect(finished.endToEnd?.count).toBe(sent.messages)
    expect(finished.processing?.count).toBe(sent.messages)
    expect(sent.lateness?.count).toBeGreaterThan(0)
  })

  it('gives a scenario its table', async () => {
    const table = await gateioBookTicker.run({
      runs: 1,
      seconds: 0.1,
      minutes: 0.1,
      only: 'walker',
      other: null,
      progress: () => {},
    })
    expect(table.rows).toMatchObject([{ label: 'tapewire (walker transport)', state: 'measured', reason: null }])
    expect(table.rows[0]?.samples.messagesPerSecond).toHaveLength(1)
  })

  it('without a socket has a row for each workload that is asked for', async () => {
    const options = { runs: 1, seconds: 0.02, minutes: 0.1, only: 'MEXC trades', other: null, progress: () => {} }
    const { rows } = await inProcess.run(options)
    expect(rows).toMatchObject([{ label: 'MEXC trades', state: 'measured', reason: null }])
    expect(rows[0]?.samples).toEqual({
      nanoseconds: [expect.any(Number)],
      allocatedBytes: [expect.any(Number)],
    })
  })

  it.each([gateioBookUpdates, gateioBookSession])('of $name keeps the books true by every means', async (scenario) => {
    const table = await scenario.run({
      runs: 1,
      seconds: 0.02,
      minutes: 0.1,
      only: null,
      other: null,
      progress: () => {},
    })
    const ours = table.rows.filter(({ label }) => !label.startsWith('ccxt'))
    expect(ours.map(({ label, state }) => [label, state])).toEqual([
      ['tapewire', 'measured'],
      ['JSON.parse + sorted arrays by hand', 'measured'],
    ])
  })
})
