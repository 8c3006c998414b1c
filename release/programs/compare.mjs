// How many times as many quotes tapewire reads as somebody does by hand in the same processor time, on the runtime whose command is given: ROUNDS COMMAND WORD…
// Runs on Node, and so does the sender: it is the same for every runtime.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startLoadGenerator } from '@tapewire/testkit'
import { quotes } from './quotes.mjs'

const [rounds, command, ...words] = process.argv.slice(2)
/** Messages of a run, and those of them that warm it: about as long for both readers. */
const loads = { tapewire: { total: 1_000_000, warm: 300_000 }, 'by-hand': { total: 300_000, warm: 100_000 } }
const { contents, prices } = quotes()
const acknowledge = { module: new URL('quotes.mjs', import.meta.url).href, name: 'acknowledge' }

async function measure(reader) {
  const { total, warm } = loads[reader]
  const generator = await startLoadGenerator({ contents, total, acknowledge })
  try {
    const given = [...words, 'read.mjs', reader, generator.url, String(total), String(warm)]
    const { stdout } = await promisify(execFile)(command, given)
    const { microseconds, sum } = JSON.parse(stdout)
    const expected = sumOf(total)
    if (sum !== expected) throw new Error(`${reader} read prices of ${sum} and not of ${expected}`)
    return microseconds
  } finally {
    await generator.close()
  }
}

function sumOf(total) {
  const add = (numbers) => numbers.reduce((all, number) => all + number, 0)
  return Math.floor(total / prices.length) * add(prices) + add(prices.slice(0, total % prices.length))
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]

const found = { tapewire: [], 'by-hand': [], ratio: [] }
for (let round = 0; round < Number(rounds); round += 1) {
  const tapewire = await measure('tapewire')
  const byHand = await measure('by-hand')
  found.tapewire.push(tapewire)
  found['by-hand'].push(byHand)
  found.ratio.push(byHand / tapewire)
}
process.stdout.write(
  `${JSON.stringify({
    ratio: median(found.ratio),
    least: Math.min(...found.ratio),
    most: Math.max(...found.ratio),
    tapewireMicroseconds: median(found.tapewire),
    byHandMicroseconds: median(found['by-hand']),
  })}\n`,
)
