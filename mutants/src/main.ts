import { parseArgs } from 'node:util'
import { adapterMutations } from './conformance/mutations/all-mutations.js'
import { scoreOf } from './conformance/score.js'

const help = `Usage: npm run conformance:mutants -- [options]

Breaks the adapters and their emulations in named ways, and shows which check of the conformance kit fails each.
The exit code is 1 where fewer than 97 of a hundred are caught.

Options:
  --only TEXT    only ways whose name, check or exchange contains TEXT; may be given several times
  --help
`

/** What share has to be caught. */
const neededShare = 0.97

process.exitCode = await main()

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', default: false } },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const { only = [''] } = values
  const chosen = adapterMutations.filter(({ name, check, exchange }) =>
    only.some((text) => `${name} ${check} ${exchange}`.includes(text)),
  )
  if (chosen.length === 0) {
    process.stderr.write(`No mutation has "${only.join('" or "')}" in its name, its check or its exchange.\n`)
    return 2
  }
  const verdicts = await scoreOf(chosen, ({ mutation: { exchange, name, check }, isCaught, words }, done) => {
    process.stderr.write(
      `${done} of ${chosen.length}: ${exchange}, ${name}: ${isCaught ? `caught by ${check}` : `SURVIVES ${check} (${words})`}\n`,
    )
  })
  const survivors = verdicts.filter(({ isCaught }) => !isCaught)
  for (const { mutation, words } of survivors) {
    process.stdout.write(
      `survives: ${mutation.exchange}, ${mutation.name} (${mutation.check}): ${mutation.survives ?? words}\n`,
    )
  }
  const caught = verdicts.length - survivors.length
  process.stdout.write(
    `${caught} of ${verdicts.length} mutants caught, ${((100 * caught) / verdicts.length).toFixed(1)} %\n`,
  )
  return caught / verdicts.length >= neededShare ? 0 : 1
}
