import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../src/report/render-report.js'
import type { ScenarioResult } from '../src/report/result.js'

function read(name: string): string | null {
  const file = new URL(`../${name}`, import.meta.url)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

describe('RESULTS.md', () => {
  it('is made from results.json, and from nothing else', () => {
    const results = read('results.json')
    const report = results === null ? null : renderReport(JSON.parse(results) as ScenarioResult[])
    expect(read('RESULTS.md')).toBe(report)
  })
})
