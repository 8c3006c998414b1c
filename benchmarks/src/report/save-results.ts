import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { packageFolder } from '../package-folder.js'
import { scenarios } from '../scenarios.js'
import { renderReport } from './render-report.js'
import type { ScenarioResult } from './result.js'

const resultsFile = new URL('results.json', packageFolder)
const reportFile = new URL('RESULTS.md', packageFolder)

/** Keeps these results in place of older ones of the same scenarios, and makes the report anew from all of them. */
export function saveResults(fresh: readonly ScenarioResult[]): void {
  const stored = existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as ScenarioResult[]) : []
  const results = scenarios.flatMap(({ name }) => {
    const result = [...fresh, ...stored].find(({ scenario }) => scenario === name)
    return result === undefined ? [] : [result]
  })
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(reportFile, renderReport(results))
}
