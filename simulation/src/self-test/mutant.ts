// The process in which broken code is run: seeds, until one fails. Says on standard output, as JSON, which, or null.
import { runSeeds, type Share } from '../run/run-seeds.js'
import type { Caught } from './caught.js'

const share = JSON.parse(process.argv[2] ?? '') as Share
const { seeds, failed } = await runSeeds(share, (count) => count > 0)
const [first] = failed
const caught: Caught | null =
  first === undefined ? null : { watch: first.violation.watch, what: first.violation.what, seed: first.seed, seeds }
process.stdout.write(`${JSON.stringify(caught)}\n`)
// Whatever the broken code has left behind.
process.exit(0)
