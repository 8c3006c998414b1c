import type { Clock, Timer } from '@tapewire/core'
import type { ConformanceReport } from '@tapewire/testkit'
import { type CheckNews, interruptMessage } from '../../../check-news.js'
import { CliError } from '../../../cli-error.js'
import { exitCodes } from '../../../exit-codes.js'
import { CheckRecord } from './check-record.js'

/** How long nothing may be heard during a check, ms: longer than the check may take, since a busy machine is late with everything, and what a check opened is closed as well. */
function patienceMs(checkTimeoutMs: number): number {
  return checkTimeoutMs * 1.2 + 1_000
}

/** How long nothing may be heard where no check runs, ms: the longest is the loading of a package, which ends itself after 20 s where it only waits. */
const betweenMs = 30_000
/** How long the run may take to end in order after the first Ctrl-C, ms: code that runs in circles never does. */
const farewellMs = 3_000

/** The process in which checks run. */
export interface CheckProcess {
  on(event: 'message', listener: (news: CheckNews) => void): unknown
  on(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown
  on(event: 'error', listener: (thrown: Error) => void): unknown
  send(message: typeof interruptMessage): unknown
  kill(signal: 'SIGKILL'): unknown
}

export interface CheckWatch {
  readonly child: CheckProcess
  readonly clock: Clock
  /** Hears of Ctrl-C, as often as it comes. */
  readonly onInterrupt: (listener: () => void) => void
  /** Prints a report, and the reports of all exchanges into a file, as the run itself would have. Settles once it is out. */
  print(report: ConformanceReport): Promise<void>
  writeJunit(file: string, reports: readonly ConformanceReport[]): Promise<void>
  /** Tells what ended the run without a report. */
  fail(error: CliError): Promise<void>
}

/**
 * Watches the process in which checks run, and resolves with the exit code of the command. Where it is held up by code that never returns, or dies, it is ended, and what it
 * can no longer report is reported here: the check as failed, what comes after it as not checked.
 */
export async function watchChecks(watch: CheckWatch): Promise<number> {
  const record = new CheckRecord()
  const end = await endOf(watch, record)
  if (end.kind === 'ended') return end.code
  if (end.kind === 'interrupted') return exitCodes.interrupted
  const broken = record.brokenOff(end.reason)
  if (broken === null) {
    await watch.fail(runError(record, end.reason))
    return exitCodes.failed
  }
  for (const report of broken.unprinted) await watch.print(report)
  if (record.junit !== null) await watch.writeJunit(record.junit, broken.all)
  return exitCodes.failed
}

type End =
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'broken'; readonly reason: string }

function endOf({ child, clock, onInterrupt }: CheckWatch, record: CheckRecord): Promise<End> {
  return new Promise((resolve) => {
    let timer: Timer | null = null
    /** Why the process was ended here; null where it ends itself. */
    let why: End | null = null
    let interrupts = 0
    const endIt = (end: End): void => {
      why ??= end
      child.kill('SIGKILL')
    }
    const wait = (limitMs: number, end: () => End): void => {
      timer?.cancel()
      timer = clock.setTimer(limitMs, () => endIt(end()))
    }
    const waitOn = (): void => {
      if (interrupts > 0) return
      const { checkTimeoutMs } = record
      const limitMs = checkTimeoutMs === null ? betweenMs : patienceMs(checkTimeoutMs)
      wait(limitMs, () => ({
        kind: 'broken',
        reason: `it did not come back in ${limitMs / 1_000} s of real time, and nothing else could be done meanwhile: code that runs in circles, such as a loop without an end`,
      }))
    }
    waitOn()
    onInterrupt(() => {
      interrupts += 1
      if (interrupts > 1) endIt({ kind: 'interrupted' })
      else {
        child.send(interruptMessage)
        wait(farewellMs, () => ({ kind: 'interrupted' }))
      }
    })
    child.on('message', (news) => {
      record.hear(news)
      waitOn()
    })
    child.on('error', ({ message }) => {
      timer?.cancel()
      resolve({ kind: 'broken', reason: `the process of the checks could not be started: ${message}` })
    })
    child.on('exit', (code, signal) => {
      timer?.cancel()
      if (why !== null) resolve(why)
      else if (code !== null) resolve({ kind: 'ended', code })
      else resolve({ kind: 'broken', reason: `the process of the checks died of ${signal} meanwhile${hintOf(signal)}` })
    })
  })
}

/** V8 ends a process so that has no memory left. */
function hintOf(signal: string | null): string {
  return signal === 'SIGABRT' ? ', as where memory runs out: code that keeps more and more' : ''
}

function runError({ packageName, hasBegun }: CheckRecord, reason: string): CliError {
  const what = hasBegun ? 'its checks' : 'while it was loaded'
  return new CliError(
    'ERR_PACKAGE_BROKEN',
    packageName === null
      ? `The checks could not be run: ${reason}.`
      : `The package ${packageName}, ${what}: ${reason}.`,
    hasBegun
      ? 'It is none of the checks that ran at that moment: look at what the package does by itself.'
      : 'Look at what its modules do at their top level.',
  )
}
