import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endAll } from '../command/run.js'
import { type Outcome, rehearse } from './rehearse.js'

const help = `Usage: npm run release:rehearsal

Plays a release through: in a copy of the tree and with a registry on this machine, the packages are versioned, built, published,
installed into the projects of strangers and used there, and tried on every runtime; then the next releases follow. Nothing leaves this machine.
`
const root = fileURLToPath(new URL('../..', import.meta.url))

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  process.once('SIGINT', endAll)
  process.once('SIGTERM', endAll)
  const outcomes = await rehearse(
    root,
    ({ title, seconds, fault }) => {
      process.stderr.write(`${fault === null ? 'holds' : 'FAILS'}  ${title} (${seconds} s)\n`)
      if (fault !== null) process.stderr.write(`\n${fault}\n\n`)
    },
    (text) => process.stderr.write(`\n${text}\n\n`),
  )
  process.stdout.write(`${tableOf(outcomes)}\n`)
  const failed = outcomes.filter(({ fault }) => fault !== null)
  if (failed.length > 0) {
    process.stdout.write(`rehearsal: ${failed.map(({ title }) => title).join('; ')}: failed\n`)
    return 1
  }
  process.stdout.write(`rehearsal: ${outcomes.length} steps passed\n`)
  return 0
}

function tableOf(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ title }) => title.length))
  return outcomes
    .map(({ title, seconds, fault }) => {
      const time = seconds.toFixed(1).padStart(6)
      return `${title.padEnd(width)}  ${time} s  ${fault === null ? 'holds' : 'FAILS'}`
    })
    .join('\n')
}
