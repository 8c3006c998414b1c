import { writeFile } from 'node:fs/promises'
import { type CheckResult, type ConformanceReport, chosenChecks, runConformance, type Subject } from '@tapewire/testkit'
import { CliError, usageError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { exitCodes } from '../../exit-codes.js'
import { subjectsOf } from './adapter-package.js'
import { captureFiles } from './capture-files.js'
import { junitOf } from './junit-report.js'
import { reportText } from './report-text.js'

export interface ConformanceFlags {
  readonly exchange?: string
  readonly only?: readonly string[]
  readonly captures?: readonly string[]
  readonly junit?: string
  readonly list?: true
  readonly json?: true
}

/** Checks every exchange of a package, one after the other, and prints how each came out. Rejects as `subjectsOf`, and with `ERR_UNKNOWN_CHECK`. */
export async function checkPackage(context: CommandContext, given: string, flags: ConformanceFlags): Promise<void> {
  const { only, junit } = flags
  // A check that there is not is told before anything is loaded.
  chosenChecks(only)
  const subjects = await subjectsOf(given, flags.exchange, context)
  const captures = await captureFiles(flags.captures ?? [])
  if (captures.length > 0 && subjects.length > 1) {
    throw usageError(
      `${given} has several exchanges, and captures are of one.`,
      `Say whose they are: --exchange ${subjects.map(({ exchange }) => exchange.name).join(', or --exchange ')}`,
    )
  }
  const reports: ConformanceReport[] = []
  for (const subject of subjects) {
    // Who reads a file of results, or a log, wants them once.
    const isWatched = context.io.stderr.isTTY === true && !context.isJson
    if (isWatched) context.note(`Checking ${subject.exchange.name}.`)
    const report = await checkExchange(context, { ...subject, captures }, only, isWatched)
    reports.push(report)
    await context.out.line(context.isJson ? jsonOf(report) : reportText(report, context.palette))
  }
  if (junit !== undefined) await writeReport(junit, junitOf(reports))
  if (reports.some(({ failed }) => failed > 0)) context.exitCode = exitCodes.failed
}

function checkExchange(
  context: CommandContext,
  subject: Subject,
  only: readonly string[] | undefined,
  isWatched: boolean,
): Promise<ConformanceReport> {
  return runConformance({
    ...subject,
    ...(only === undefined ? {} : { only }),
    onResult: (result) => {
      context.signal.throwIfAborted()
      if (isWatched && result.status === 'fail')
        context.note(`${context.palette.red('✗')} ${result.id}: ${result.reason}`)
    },
  })
}

function jsonOf({ exchange, checks, passed, failed, warned, skipped }: ConformanceReport): string {
  return JSON.stringify({ exchange, checks: checks.map(checkJson), passed, failed, warned, skipped })
}

function checkJson({ failure, ...result }: CheckResult): object {
  return failure === null ? result : { ...result, failure }
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(
      'ERR_OUTPUT_FAILED',
      `${file} cannot be written: ${reason}.`,
      'Name a file in a folder that is there.',
    )
  }
}
