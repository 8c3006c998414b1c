// The command behind `npm run bench`: results on standard output, progress on standard error.
import { type CommandLine, helpText, readCommandLine } from './command-line.js'
import { compareBuilds } from './measure/compare-builds.js'
import { describeMachine } from './report/machine.js'
import { renderResult } from './report/render-report.js'
import type { ScenarioResult } from './report/result.js'
import { saveResults } from './report/save-results.js'
import type { Scenario } from './scenario.js'

const commandArguments = process.argv.slice(2)

async function main(): Promise<void> {
  const commandLine = readCommandLine(commandArguments)
  if (commandLine.help) {
    process.stdout.write(helpText)
    return
  }
  const results: ScenarioResult[] = []
  for (const scenario of commandLine.scenarios) {
    const result = await runScenario(scenario, commandLine)
    results.push(result)
    if (!commandLine.json) process.stdout.write(`${renderResult(result)}\n`)
    // After each: what is measured is not lost when a later one cannot be.
    if (commandLine.save) saveResults(results)
  }
  if (commandLine.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  const isFailed = results.some(({ rows }) => rows.some(({ state }) => state === 'failed'))
  const isDearer = results.some(({ dearer = [] }) => dearer.length > 0)
  if (isFailed || isDearer) process.exitCode = 1
}

async function runScenario(
  scenario: Scenario,
  { runs, seconds, minutes, only, other }: CommandLine,
): Promise<ScenarioResult> {
  const machine = describeMachine()
  const date = new Date().toISOString()
  const progress = (text: string): void => void process.stderr.write(`${scenario.name}  ${text}\n`)
  const measured = await scenario.run({ runs, seconds, minutes, only, other, progress })
  const table = other === null ? measured : compareBuilds(measured, scenario.comparedBy ?? [])
  const command = ['npm run bench', ...(commandArguments.length > 0 ? ['--', ...commandArguments] : [])].join(' ')
  const timing = scenario.isLong ? { runs: 1, seconds: minutes * 60 } : { runs, seconds }
  return { scenario: scenario.name, title: scenario.title, ...timing, date, command, machine, ...table }
}

try {
  await main()
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 2
}
