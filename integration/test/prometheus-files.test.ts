import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { metricTable } from '@tapewire/core/prometheus'
import { describe, expect, it } from 'vitest'
import { tableRows } from '../src/documents.js'
import { alertRules, alertRulesYaml } from '../src/prometheus/alert-rules.js'
import { grafanaDashboard } from '../src/prometheus/grafana-dashboard.js'
import { rows } from '../src/prometheus/grafana-panels.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { homepage } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { homepage: string }
const page = { path: 'docs/prometheus.md', text: readFileSync(join(root, 'docs/prometheus.md'), 'utf8') }
const docs = `${homepage.replace(/#.*$/, '')}/blob/main/${page.path}`
const shipped = (name: string): string => join(root, 'packages/core/prometheus', name)

const plain = (text = ''): string => text.replaceAll('`', '')
const panels = rows.flatMap((row) => row.panels)
const names = new Set(metricTable.map(({ name }) => name))

/** The metrics that an expression names, histograms without what Prometheus puts behind their names. */
const namedIn = (expr: string): readonly string[] =>
  [...expr.matchAll(/tapewire_(\w+)/g)].map(([, name = '']) => name.replace(/_(bucket|sum|count)$/, ''))

describe('docs/prometheus.md', () => {
  it('has a row for each metric: type, labels and help', () => {
    const written = metricTable.map(({ name, type, labels, help }) => [
      `tapewire_${name}`,
      type,
      labels.join(', '),
      help,
    ])
    const documented = tableRows(page, 'metric').map((cells) => cells.map(plain))
    expect(documented).toEqual(written)
  })

  it('has a row for each alert rule: when it is raised, how bad that is, and what to do', () => {
    const written = alertRules.map(({ alert, expr, for: lasting, severity, advice }) => [
      alert,
      `${expr}${lasting === '0m' ? '' : ` for ${lasting}`}`,
      severity,
      advice,
    ])
    const documented = tableRows(page, 'alert')
    expect(documented.map((cells) => cells.map(plain))).toEqual(written.map((cells) => cells.map(plain)))
  })
})

describe('the Grafana dashboard', () => {
  it('is the one that is shipped (npx vitest run -u writes it)', async () => {
    const text = `${JSON.stringify(grafanaDashboard(docs), null, 2)}\n`
    await expect(text).toMatchFileSnapshot(shipped('grafana-dashboard.json'))
  })

  it('shows every metric but those of single streams, and none that there is not', () => {
    const shown = new Set(panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => namedIn(expr))))
    const meant = metricTable.filter(({ subject }) => subject !== 'stream').map(({ name }) => name)
    expect([...shown].sort()).toEqual([...meant].sort())
  })
})

describe('the alert rules', () => {
  it('are those that are shipped (npx vitest run -u writes them)', async () => {
    await expect(alertRulesYaml(`${docs}#alert-rules`)).toMatchFileSnapshot(shipped('alert-rules.yml'))
  })

  it('are about metrics that there are, each rule with a name of its own', () => {
    expect(alertRules.flatMap(({ expr }) => namedIn(expr)).filter((name) => !names.has(name))).toEqual([])
    expect(new Set(alertRules.map(({ alert }) => alert)).size).toBe(alertRules.length)
  })
})

const hasPromtool = spawnSync('promtool', ['--version']).status === 0

describe.skipIf(!hasPromtool)('promtool', () => {
  const checked = (rules: string): { status: number | null; said: string } => {
    const folder = mkdtempSync(join(tmpdir(), 'tapewire-'))
    try {
      const path = join(folder, 'rules.yml')
      writeFileSync(path, rules)
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' })
      return { status, said: `${stdout}${stderr}` }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('finds nothing wrong with the alert rules', () => {
    const { status, said } = checked(alertRulesYaml(`${docs}#alert-rules`))
    expect({ status, said }).toMatchObject({
      status: 0,
      said: expect.stringContaining(`SUCCESS: ${alertRules.length} rules found`),
    })
  })

  it('can read every query of the dashboard', () => {
    const exprs = panels.flatMap(({ queries }) => queries.map(({ expr }) => expr.replaceAll(/\$__\w+/g, '5m')))
    const records = exprs.map((expr, index) => `      - record: a:${index}\n        expr: ${JSON.stringify(expr)}`)
    const { status, said } = checked(['groups:', '  - name: dashboard', '    rules:', ...records, ''].join('\n'))
    expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining('SUCCESS') })
  })
})
