import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { endAll } from '../command/run.js'
import { surroundings } from '../command/surroundings.js'
import { checks } from './checks.js'
import { installPlainly } from './plain-folder.js'
import { runtimes } from './runtimes.js'
import { tryRuntimes } from './try-runtimes.js'
import { verdictOn } from './verdict.js'

const help = `Usage: npm run test:matrix [-- --only TEXT] [-- --rounds N]

Shows that the packages, packed and installed by npm, work on every version of Node, and on Bun and Deno: import, require(), streams of both exchanges
through a cut, the demo, the conformance kit, and how many times as much as ws with JSON.parse they read in the same processor time. The runtimes are npm
packages, fetched once.

  --only TEXT   runtimes whose name has this in it: --only 'Node 2', --only bun
  --check TEXT  checks whose title has this in it: --check times
  --rounds N    how often the readers are measured, each in its turn (default 5)
`
const root = fileURLToPath(new URL('../..', import.meta.url))

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      check: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const rounds = Number(values.rounds)
  const chosen = runtimes.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()))
  const chosenChecks = checks.filter(({ title }) => title.includes(values.check))
  if (chosen.length === 0 || chosenChecks.length === 0 || !Number.isInteger(rounds) || rounds < 1) {
    process.stderr.write(`${help}\nThe runtimes are ${runtimes.map(({ name }) => name).join(', ')}.\n`)
    process.stderr.write(`The checks are ${checks.map(({ title }) => title).join(', ')}.\n`)
    return 2
  }
  process.once('SIGINT', endAll)
  process.once('SIGTERM', endAll)
  const folder = mkdtempSync(join(tmpdir(), 'tapewire-matrix-'))
  try {
    const environment = surroundings()
    const plain = await installPlainly(root, folder, environment)
    const rows = await tryRuntimes({
      root,
      plain,
      folder,
      environment,
      runtimes: chosen,
      checks: chosenChecks,
      rounds,
      tell: (runtime, { check, seconds, text, fault }) => {
        process.stderr.write(`${runtime}  ${check}: ${text} (${seconds.toFixed(1)} s)\n`)
        if (fault !== null) process.stderr.write(`\n${fault}\n\n`)
      },
    })
    const { text, code } = verdictOn(rows, process.env.CI === 'true')
    process.stdout.write(`${text}\n`)
    return code
  } catch (thrown) {
    process.stdout.write(`matrix: ${thrown instanceof Error ? thrown.message : String(thrown)}: failed\n`)
    return 1
  } finally {
    endAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
