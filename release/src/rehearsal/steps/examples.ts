import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeed } from '../../command/run.js'
import type { Stage } from '../stage/stage.js'

/** The example of the quick start that needs no network. */
export function quickStart({ copy }: Stage): string {
  const code = blocksOf(copy.read('docs/quick-start.md'), 'js').find((text) => text.includes('startVenueServer'))
  if (code === undefined) throw new Error('The quick start has no example that needs no network.')
  return code
}

/** The first example of the README. */
export function readme({ copy }: Stage): string {
  const [code] = blocksOf(copy.read('README.md'), 'ts')
  if (code === undefined) throw new Error('The README has no example.')
  return code
}

export async function runQuickStart(stage: Stage, folder: string): Promise<void> {
  const printed = await runProgram(stage, folder, 'emulated.mjs', quickStart(stage))
  if (!/^BTC\/USDT {2}(buy|sell) /m.test(printed)) throw new Error(`The quick start printed no trades:\n${printed}`)
}

/** An exchange for the README's example: once that has printed quotes, trades and states of both pairs, it has what Ctrl-C gives, and must then end by itself. */
const exchange = `import { parseInstrument } from '@tapewire/core'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { startVenueServer } from '@tapewire/testkit'

const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
const { url, restUrl, close } = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 5 })
export const options = { url, restUrl }

const wanted = pairs.flatMap((pair) => [' {2}[0-9.]+ / [0-9.]+$', ' {2}(buy|sell) [0-9.]+ at ', ' trades is live'].map((rest) => RegExp('^' + pair + rest)))
const print = console.log
console.log = (line) => {
  print(line)
  const index = wanted.findIndex((pattern) => pattern.test(line))
  if (index < 0) return
  wanted.splice(index, 1)
  if (wanted.length === 0) process.kill(process.pid, 'SIGINT')
}
process.once('SIGINT', close)
`

/** As it stands, under the name that it is to be saved as; where it would go to the exchange, it goes to an emulation. */
export async function runReadme(stage: Stage, folder: string): Promise<void> {
  const name = "exchange: 'gateio_spot',"
  const code = readme(stage)
  if (code.split(name).length !== 2) throw new Error('The example of the README does not name its exchange once.')
  writeFileSync(join(folder, 'exchange.mjs'), exchange)
  const first = "import { options } from './exchange.mjs'\n"
  await runProgram(stage, folder, 'feed.mjs', first + code.replace(name, `${name} options,`))
}

function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)
}

async function runProgram(stage: Stage, folder: string, file: string, code: string): Promise<string> {
  writeFileSync(join(folder, file), code)
  const options = { cwd: folder, environment: stage.environment, timeoutMs: 60_000 }
  return (await succeed(process.execPath, [file], options)).stdout
}
