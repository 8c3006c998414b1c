import {
  type ConformanceReport,
  chosenChecks,
  runConformance,
  type Subject,
  usualCheckTimeoutMs,
} from '@tapewire/testkit'
import { usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { exitCodes } from '../../exit-codes.js'
import { subjectsOf } from './adapter-package.js'
import { captureFiles } from './capture-files.js'
import { writeJunit } from './junit-report.js'
import { reportJson } from './report-json.js'
import { reportText } from './report-text.js'

export interface ConformanceFlags {
  readonly exchange?: string
  readonly only?: readonly string[]
  readonly captures?: readonly string[]
  readonly junit?: string
  readonly checkTimeout?: number
  readonly list?: true
  readonly json?: true
}

/** Checks every exchange of a package, one after the other, and prints how each came out. Rejects as `subjectsOf`, and with `ERR_UNKNOWN_CHECK`. */
export async function checkPackage(context: CommandContext, given: string, flags: ConformanceFlags): Promise<void> {
  const { only, junit, checkTimeout: checkTimeoutMs = usualCheckTimeoutMs } = flags
  const { onNews } = context.io
  // A check that there is not is told before anything is loaded.
  chosenChecks(only)
  const subjects = await subjectsOf(given, flags.exchange, context)
  const captures = await captureFiles(flags.captures ?? [])
  const exchanges = subjects.map(({ exchange }) => exchange.name)
  if (captures.length > 0 && subjects.length > 1) {
    throw usageError(
      `${given} has several exchanges, and captures are of one.`,
      `Say whose they are: --exchange ${exchanges.join(', or --exchange ')}`,
    )
  }
  onNews?.({ kind: 'begun', exchanges, only: only ?? null, checkTimeoutMs, junit: junit ?? null })
  const reports: ConformanceReport[] = []
  for (const subject of subjects) {
    onNews?.({ kind: 'exchange' })
    const report = await checkExchange(context, { ...subject, captures }, only, checkTimeoutMs)
    reports.push(report)
    await context.out.line(context.isJson ? reportJson(report) : reportText(report, context.palette))
    onNews?.({ kind: 'printed' })
  }
  if (junit !== undefined) await writeJunit(junit, reports)
  if (reports.some(({ failed }) => failed > 0)) context.exitCode = exitCodes.failed
}

function checkExchange(
  context: CommandContext,
  subject: Subject,
  only: readonly string[] | undefined,
  checkTimeoutMs: number,
): Promise<ConformanceReport> {
  const { onNews } = context.io
  // Who reads a file of results, or a log, wants them once.
  const isWatched = context.io.stderr.isTTY === true && !context.isJson
  if (isWatched) context.note(`Checking ${subject.exchange.name}.`)
  return runConformance({
    ...subject,
    ...(only === undefined ? {} : { only }),
    checkTimeoutMs,
    onStart: ({ id }) => onNews?.({ kind: 'started', id }),
    onResult: (result) => {
      onNews?.({ kind: 'ended', result })
      context.signal.throwIfAborted()
      if (isWatched && result.status === 'fail')
        context.note(`${context.palette.red('✗')} ${result.id}: ${result.reason}`)
    },
  })
}
