import { parseArgs } from 'node:util'
import { type Build, buildIn } from './processes/build.js'
import type { Scenario } from './scenario.js'
import { scenarios } from './scenarios.js'

/** What to run, and what to do with the results. */
export interface CommandLine {
  readonly scenarios: readonly Scenario[]
  readonly runs: number
  readonly seconds: number
  readonly minutes: number
  readonly only: string | null
  /** The build to compare this one with; null to measure this one beside its peers. */
  readonly other: Build | null
  /** Results as JSON on standard output, instead of tables. */
  readonly json: boolean
  /** Results into `results.json`, and `RESULTS.md` made from it. */
  readonly save: boolean
  readonly help: boolean
}

/** Fewest runs that may be published: with fewer, a spread means nothing. */
const publishableRuns = 5

export const helpText: string = `Usage: npm run bench -- [SCENARIO …] [options]

Options:
  --runs N      runs of each client, in turn with the others (default ${publishableRuns})
  --seconds S   length of each measurement (default 3)
  --minutes M   length of the memory measurement (default 0.5)
  --only TEXT   only clients whose name contains TEXT
  --against DIR compare with the build in another checkout, run by run: our clients alone
  --json        print JSON on standard output (with npm: npm run --silent bench -- --json)
  --save        write benchmarks/results.json, and benchmarks/RESULTS.md from it

Scenarios (default: all; with --against those that ask for times):
${scenarios.map(({ name, title }) => `  ${name.padEnd(23)} ${title}`).join('\n')}
`

/** Throws a `TypeError` that says what cannot be understood. */
export function readCommandLine(commandArguments: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...commandArguments],
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: String(publishableRuns) },
      seconds: { type: 'string', default: '3' },
      minutes: { type: 'string', default: '0.5' },
      only: { type: 'string' },
      against: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const runs = positive('runs', values.runs)
  if (!Number.isInteger(runs)) throw new TypeError(`--runs is a whole number, not ${values.runs}.`)
  const only = values.only ?? null
  if (values.save && runs < publishableRuns) {
    throw new TypeError(`--save needs at least ${publishableRuns} runs: fewer show no spread.`)
  }
  if (values.save && only !== null)
    throw new TypeError('--save and --only exclude each other: no table without the peers.')
  if (values.save && values.against !== undefined)
    throw new TypeError('--save and --against exclude each other: a comparison of two builds is not published.')
  const other = values.against === undefined ? null : buildIn(values.against)
  return {
    scenarios: chosenScenarios(positionals, other),
    runs,
    seconds: positive('seconds', values.seconds),
    minutes: positive('minutes', values.minutes),
    only,
    other,
    json: values.json,
    save: values.save,
    help: values.help,
  }
}

function chosenScenarios(names: readonly string[], other: Build | null): readonly Scenario[] {
  const chosen = names.map(scenarioNamed)
  if (other === null) return chosen.length === 0 ? scenarios : chosen
  const timeless = chosen.find(({ comparedBy }) => comparedBy === undefined)
  if (timeless !== undefined) throw new TypeError(`${timeless.name} has no times by which two builds can be compared.`)
  return chosen.length === 0 ? scenarios.filter(({ comparedBy }) => comparedBy !== undefined) : chosen
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new TypeError(`--${name} is a number above 0, not ${text}.`)
}

function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario !== undefined) return scenario
  throw new TypeError(`There is no scenario ${name}. There are: ${scenarios.map((one) => one.name).join(', ')}.`)
}
