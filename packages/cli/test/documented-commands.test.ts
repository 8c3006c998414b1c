import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseInstrument } from '@tapewire/core'
import { gateioSpotEmulation, gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { startVenueServer } from '@tapewire/testkit'
import { describe, expect, test } from 'vitest'
import { CommandContext } from '../src/command-context.js'
import { buildProgram } from '../src/program.js'
import { Collector, invoke } from './support/invoke.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'), { encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['core', 'cli', 'testkit', 'relay-nats', 'exchange-gateio', 'exchange-mexc'].map(
    (name) => `packages/${name}/README.md`,
  ),
]

/** Every command line that a page has, in a block of commands or in a span of code. */
function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    [...block.matchAll(/^(?:\$ )?(?:npx )?tapewire ([a-z].*)$/gm)].map(([, words = '']) => words),
  )
  const spans = [...text.matchAll(/`(?:npx )?tapewire ([a-z][^`\n]*)`/g)].map(([, words = '']) => words)
  return [...blocks, ...spans]
    .map((words) => words.replace(/ +#.*$/, '').trim())
    .filter((words) => !words.includes('…'))
}

/** Reads a command line as the command does, and does nothing. A command that is merely named has to be there. */
async function parse(line: string): Promise<void> {
  const io = { stdout: new Collector(), stderr: new Collector() }
  const program = buildProgram(new CommandContext(io, []))
  for (const command of program.commands) {
    if (command.name() === line) return
    command.action(() => {})
  }
  await program.parseAsync(line.split(/ +/), { from: 'user' })
}

describe('every command that the documentation shows', () => {
  const shown = pages.flatMap((path) => commandsOf(read(path)).map((line) => [line, path] as const))
  const lines = [...new Map(shown)]

  test('is found', () => {
    expect(lines.length).toBeGreaterThan(20)
  })

  test.each(lines)('%s (%s) can be meant', async (line) => {
    await expect(parse(line)).resolves.toBeUndefined()
  })

  test('that is wrong would be noticed', async () => {
    await expect(parse('doctor gateio_spot --wach 30s')).rejects.toThrow()
  })
})

test.each([gateioSpotEmulation, mexcSpotEmulation])(
  'the key of an emulation stands where one tries accounts: %o',
  ({ credentials }) => {
    for (const word of [credentials.apiKey, credentials.apiSecret])
      expect(read('docs/scaling-out.md')).toContain(`\`${word}\``)
  },
)

describe('troubleshooting', () => {
  const sections = read('docs/troubleshooting.md').split(/^## /m).slice(1)
  const doctorIn = (section: string): string | undefined =>
    commandsOf(section).find((line) => line.startsWith('doctor'))

  test('has a command of doctor for everything that can be seen from outside the program', () => {
    const without = sections
      .filter((section) => doctorIn(section) === undefined)
      .map((section) => section.split('\n')[0])
    expect(without).toEqual(['It is slow where code may not be made from strings'])
  })

  test('has commands that find nothing wrong where nothing is', async () => {
    const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
    const { url, restUrl, close } = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 2 })
    const { apiKey, apiSecret } = gateioSpotEmulation.credentials
    const environment = { TAPEWIRE_API_KEY: apiKey, TAPEWIRE_API_SECRET: apiSecret }
    try {
      const commands = new Set(sections.map(doctorIn).filter((line) => line !== undefined))
      const outcomes = await Promise.all(
        [...commands].map((line) =>
          invoke([...line.replace(/ --watch \w+/, ' --watch 20ms').split(' '), '--url', url, '--rest-url', restUrl], {
            environment,
          }),
        ),
      )
      expect(outcomes.length).toBeGreaterThan(3)
      for (const { stdout } of outcomes) expect(stdout).toMatch(/All is well\.\n$/)
    } finally {
      await close()
    }
  })
})
