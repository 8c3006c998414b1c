// A client in a process of its own: nothing else is loaded, compiled or collected beside it.
import { coreWaitNs } from '../measure/core-wait.js'
import { CountingTally, FirstMessageTally, LatencyTally } from '../measure/tally.js'
import { UsageWindow } from '../measure/usage-window.js'
import { type Subject, subjects } from '../subjects/catalogue.js'
import type { ConnectedSubject, SubjectTask } from '../subjects/subject-task.js'
import { commands, report } from './child-side.js'
import type { SubjectCommand, SubjectReport } from './subject-messages.js'

const startedMs = performance.now()

/** How long a client may take to read what was sent, once all of it is. */
const finishTimeoutMs = 120_000

/** How long a surplus message is waited for. */
const surplusMs = 20

let tally = new CountingTally()
let connected: ConnectedSubject | null = null

async function start(task: SubjectTask): Promise<void> {
  const connect = await (subjects as Readonly<Record<string, Subject>>)[task.subject]?.load()
  if (connect === undefined) throw new Error(`There is no client called ${task.subject}.`)
  const loadedMs = performance.now()
  tally = tallyFor(task, () => {
    report<SubjectReport>({ kind: 'first-message', startedMs, loadedMs, receivedMs: performance.now() })
  })
  connected = await connect(task, tally)
  report<SubjectReport>({ kind: 'ready', connections: connected.connections })
}

function tallyFor({ measure }: SubjectTask, onFirst: () => void): CountingTally {
  if (measure === 'latency') return new LatencyTally()
  return measure === 'first-message' ? new FirstMessageTally(onFirst) : new CountingTally()
}

async function observe(afterSeconds: number, seconds: number): Promise<void> {
  await after(afterSeconds * 1000)
  const window = new UsageWindow(tally)
  await after(seconds * 1000)
  report<SubjectReport>({ kind: 'observed', usage: window.close() })
}

async function timeCore(afterSeconds: number, seconds: number): Promise<void> {
  await after(afterSeconds * 1000)
  const startedAt = performance.now()
  const before = coreWaitNs()
  await after(seconds * 1000)
  const waited = coreWaitNs()
  const elapsedNs = (performance.now() - startedAt) * 1e6
  const waitedShare = before === null || waited === null ? null : (waited - before) / elapsedNs
  report<SubjectReport>({ kind: 'core-timed', waitedShare })
}

/** Waits until everything that was sent is read, and a moment longer for what was not sent. */
async function finish(messages: number): Promise<void> {
  const deadline = performance.now() + finishTimeoutMs
  while (tally.messages < messages) {
    if (performance.now() > deadline)
      throw new Error(`${messages} messages were sent, and only ${tally.messages} arrived.`)
    await after(5)
  }
  await after(surplusMs)
  const latency = tally instanceof LatencyTally ? tally : null
  report<SubjectReport>({
    kind: 'finished',
    messages: tally.messages,
    checksum: tally.checksum,
    peakResidentBytes: process.resourceUsage().maxRSS * 1024,
    endToEnd: latency?.endToEnd ?? null,
    processing: latency?.processing ?? null,
    details: connected?.details?.() ?? {},
  })
}

function measureMemory(): void {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  report<SubjectReport>({
    kind: 'memory',
    heapBytes: heapUsed,
    residentBytes: rss,
    messages: tally.messages,
    pendingMessages: connected?.details?.().pendingMessages ?? 0,
  })
}

function after(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}

commands<SubjectCommand>(async (command) => {
  switch (command.kind) {
    case 'start':
      return start(command.task)
    case 'follow':
      if (tally instanceof LatencyTally) tally.follow(command.schedule)
      return report<SubjectReport>({ kind: 'following' })
    case 'observe':
      return observe(command.afterSeconds, command.seconds)
    case 'time-core':
      return timeCore(command.afterSeconds, command.seconds)
    case 'measure-memory':
      measureMemory()
      return
    case 'finish':
      return finish(command.messages)
  }
})
