// The command behind `npm run simulate`: what was found on standard output, progress on standard error.
import { systemClock } from '@tapewire/core/adapter'
import { type CommandLine, helpText, readCommandLine } from './command-line.js'
import { Progress } from './progress.js'
import { explain } from './run/explain.js'
import { runScript } from './run/run-script.js'
import { runOnWorkers } from './run/workers.js'
import { composeScript, type Told } from './script/compose-script.js'

/** Returns the exit code. */
async function main(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2))
  switch (commandLine.task) {
    case 'help':
      process.stdout.write(helpText)
      return 0
    case 'seeds':
      return runAll(commandLine)
    case 'seed':
      return runOne(commandLine)
    case 'soak': {
      const { soak } = await import('./soak/soak.js')
      return soak(commandLine)
    }
    case 'self-test': {
      const { selfTest } = await import('./self-test/self-test.js')
      return selfTest(commandLine)
    }
  }
}

async function runAll(commandLine: CommandLine): Promise<number> {
  const { from, seeds, workers } = commandLine
  const told = toldOf(commandLine)
  const progress = new Progress(systemClock, seeds)
  const failed: number[] = []
  await runOnWorkers({ from, seeds, told }, workers, (result) => {
    progress.add(result)
    failed.push(...result.failed.map(({ seed }) => seed))
  })
  progress.end()
  process.stdout.write(`${progress.summary}, ${failed.length} violations\n`)
  const [first] = failed.sort((left, right) => left - right)
  if (first === undefined) return 0
  process.stderr.write(`Looking for the shortest form of seed ${first} …\n`)
  process.stdout.write(`\n${await explain(first, told)}`)
  return 1
}

async function runOne(commandLine: CommandLine): Promise<number> {
  const told = toldOf(commandLine)
  const outcome = await runScript(composeScript(commandLine.from, told), { isTraced: commandLine.isWhole })
  const { script, violation, trace, moments, virtualMs } = outcome
  if (commandLine.isWhole) process.stdout.write(`${JSON.stringify(script, null, 2)}\n${trace.join('\n')}\n`)
  else if (violation !== null) process.stdout.write(await explain(commandLine.from, told))
  if (violation !== null) return 1
  process.stdout.write(
    `Seed ${script.seed} holds: ${moments} moments in ${Math.round(virtualMs / 1_000)} s of its own.\n`,
  )
  return 0
}

function toldOf({ exchange, side }: CommandLine): Told {
  return { ...(exchange === undefined ? {} : { exchange }), ...(side === undefined ? {} : { side }) }
}

try {
  process.exitCode = await main()
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  process.exitCode = 2
}
