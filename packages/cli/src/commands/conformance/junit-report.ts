import { writeFile } from 'node:fs/promises'
import { type CheckResult, type ConformanceReport, failureText } from '@tapewire/testkit'
import { CliError } from '../../cli-error.js'

/** Writes the reports into a file for build servers. Rejects with `ERR_OUTPUT_FAILED`. */
export async function writeJunit(file: string, reports: readonly ConformanceReport[]): Promise<void> {
  try {
    await writeFile(file, junitOf(reports))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(
      'ERR_OUTPUT_FAILED',
      `${file} cannot be written: ${reason}.`,
      'Name a file in a folder that is there.',
    )
  }
}

/** The reports as JUnit writes them, a suite for each exchange. A failed check of the level `should` is no failure there either: its words stand in the output. */
function junitOf(reports: readonly ConformanceReport[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...reports.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf({ exchange, checks, failed, skipped }: ConformanceReport): readonly string[] {
  const seconds = checks.reduce((all, { ms }) => all + ms, 0) / 1_000
  return [
    `<testsuite name="${escaped(exchange)}" tests="${checks.length}" failures="${failed}" skipped="${skipped}" time="${seconds}">`,
    ...checks.map((check) => caseOf(exchange, check)),
    '</testsuite>',
  ]
}

function caseOf(exchange: string, result: CheckResult): string {
  const { id, title, area, status, reason, ms, level } = result
  const head = `<testcase classname="${escaped(`${exchange}.${area}`)}" name="${escaped(`${id}: ${title}`)}" time="${ms / 1_000}"`
  if (status === 'pass') return `${head}/>`
  if (status === 'skip') return `${head}><skipped message="${escaped(reason ?? '')}"/></testcase>`
  const words = escaped(failureText(result))
  if (level === 'should') return `${head}><system-out>${words}</system-out></testcase>`
  return `${head}><failure message="${escaped(reason ?? '')}">${words}</failure></testcase>`
}

/** As XML holds it; what XML 1.0 cannot hold becomes the replacement character. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
}
