import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { scenarios } from '../scenarios.js'
import { renderReport } from './render-report.js'
import type { ScenarioResult } from './result.js'

/** This package's folder, whether this runs built or from source. */
const folder = new URL(import.meta.url.includes('/src/') ? '../../' : '../', import.meta.url)
const resultsFile = new URL('results.json', folder)
const reportFile = new URL('RESULTS.md', folder)

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
