import type { CommandLine } from '../command-line.js'
import type { Caught } from './caught.js'
import { mutations } from './mutations.js'
import type { SimulationMutation } from './simulation-mutation.js'
import { tryMutation } from './try-mutation.js'

/** Seeds that a mutation is given to be caught by: several times what the one that hides best needs. */
const seedsEach = 1_500

/** Breaks the code in every named way, and prints by what each is caught. Returns the exit code: 1 where one survives. */
export async function selfTest({ only, workers }: CommandLine): Promise<number> {
  const chosen = mutations.filter(({ name }) => only === null || name.includes(only))
  if (chosen.length === 0) throw new TypeError(`No mutation has "${only}" in its name.`)
  const results = new Map<SimulationMutation, Caught | null>()
  const waiting = [...chosen]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const caught = await tryMutation(next, seedsEach)
      results.set(next, caught)
      process.stderr.write(
        `${results.size} of ${chosen.length}: ${next.name} ${caught === null ? 'SURVIVES' : 'is caught'}\n`,
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, chosen.length) }, work))
  process.stdout.write(`${tableOf(chosen.map((mutation) => [mutation, results.get(mutation) ?? null]))}\n`)
  const survivors = chosen.filter((mutation) => results.get(mutation) === null)
  process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} mutations caught\n`)
  return survivors.length === 0 ? 0 : 1
}

function tableOf(results: readonly (readonly [SimulationMutation, Caught | null])[]): string {
  const rows = results.map(([{ name }, caught]) => [
    name,
    caught?.watch ?? 'SURVIVES',
    caught === null ? '' : String(caught.seed),
    caught === null ? String(seedsEach) : String(caught.seeds),
    caught?.what.split('\n')[0]?.slice(0, 90) ?? '',
  ])
  const all = [['mutation', 'caught by', 'seed', 'seeds', 'what was seen'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? []
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    )
    .join('\n')
}
