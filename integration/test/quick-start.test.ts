import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeBlocks } from '../src/documents.js'
import { InstalledProject, type ProgramRun, startProgram } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const path = 'docs/quick-start.md'
const page = { path, text: readFileSync(join(root, path), 'utf8') }
const blocks = codeBlocks(page)
const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n'))
/** What the page says that is printed. */
const shown = blocks.filter(({ language }) => language === 'text').flatMap(({ code }) => code.split('\n'))
const programs = blocks.filter(({ language }) => language === 'js').map(({ code }) => code)

describe('the quick start, followed to the letter', () => {
  let project: InstalledProject
  let port: number
  const [beginning, toMake, toRun] = [commands.slice(0, 3), commands.slice(3, 5), commands.slice(5)]

  beforeAll(async () => {
    project = new InstalledProject()
    const packages = {
      core: '@tapewire/core',
      'exchange-gateio': '@tapewire/exchange-gateio',
      cli: 'tapewire',
      testkit: '@tapewire/testkit',
    }
    const named = toMake.flatMap((command) => command.split(' ').slice(2)).filter((word) => !word.startsWith('-'))
    expect(named.sort()).toEqual(Object.values(packages).sort())
    for (const folder of Object.keys(packages)) project.install(join(root, 'packages', folder))
    // Together they have one core, as npm lays them out.
    rmSync(join(project.folder, 'node_modules/tapewire/node_modules/@tapewire'), { recursive: true })
    for (const [index, name] of ['book.mjs', 'emulated.mjs'].entries()) {
      expect(page.text).toContain(`Save this as \`${name}\``)
      writeFileSync(join(project.folder, name), programs[index] as string)
    }
    port = await freePort()
  })

  afterAll(() => project.remove())

  /** Runs a line of the page, on a port that is free. */
  function follow(command: string): ProgramRun {
    const [tool, ...words] = command.replaceAll('8400', String(port)).split(' ')
    if (tool === 'node') return startProgram(process.execPath, words, project.folder)
    expect([tool, words[0]]).toEqual(['npx', 'tapewire'])
    const script = join(project.folder, 'node_modules/tapewire/dist/main.js')
    return startProgram(process.execPath, [script, ...words.slice(1)], project.folder)
  }

  const commandWith = (...words: readonly string[]): string =>
    toRun.find((command) => words.every((word) => command.includes(word))) ?? words.join(' … ')

  it('begins with a folder that npm makes a package of', () => {
    expect(beginning).toEqual(['mkdir my-book', 'cd my-book', 'npm init --yes'])
    expect(toMake.every((command) => command.startsWith('npm install '))).toBe(true)
  })

  it('has a book that is live, goes on after the exchange was away, and ends by Ctrl-C', {
    timeout: 60_000,
  }, async () => {
    const exchange = follow(commandWith('demo'))
    await exchange.until((output) => output.includes(`ws://127.0.0.1:${port}/ws/v4/`))
    const healthy = follow(commandWith('doctor', '--url'))
    const program = follow(commandWith('node book.mjs ws://'))
    await program.until((output) => /^(buy|sell) [\d.]+ at [\d.]+; now [\d.]+ \/ [\d.]+$/m.test(output))
    expect(program.output()).toMatch(/^the book has \d+ bids and \d+ asks, spread [\d.]+$/m)
    expect([await healthy.ended, healthy.output()]).toEqual([0, expect.stringContaining('All is well.')])

    exchange.process.kill('SIGINT')
    await exchange.ended
    await program.until((output) => output.includes('BTC/USDT orderbook is gapped: connection lost'))
    const again = follow(commandWith('demo'))
    await program.until((output) => /is gapped[\s\S]*^BTC\/USDT orderbook is live: in sync$/m.test(output))
    program.process.kill('SIGINT')
    expect([await program.ended, program.output()]).toEqual([0, expect.stringMatching(/^closed$/m)])
    for (const line of shown) expect(program.output()).toMatch(patternOf(line))
    again.process.kill('SIGINT')
    await again.ended
  })

  it('runs the test of one’s own, which ends by itself with nothing left open', async () => {
    const run = follow('node emulated.mjs')
    expect(page.text).toContain('run `node emulated.mjs`')
    expect(await run.ended).toBe(0)
    expect(run.output().split('\n').length).toBeGreaterThan(10)
    expect(run.output()).toMatch(/^(BTC|ETH)\/USDT {2}(buy|sell) [\d.]+ at [\d.]+$/m)
  })

  it('has programs that are JavaScript as they stand, and runs every command', () => {
    for (const name of ['book.mjs', 'emulated.mjs']) {
      execFileSync(process.execPath, ['--check', join(project.folder, name)], { stdio: 'pipe' })
    }
    expect(toRun).toEqual([
      commandWith('demo'),
      commandWith('node book.mjs ws://'),
      // Those go to the exchange itself.
      'node book.mjs',
      'npx tapewire doctor gateio_spot',
      commandWith('doctor', '--url'),
    ])
  })
})

/** The same line with any other numbers and sides. */
function patternOf(line: string): RegExp {
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll(/\d+(\\.\d+)?/g, '[\\d.]+').replace(/^(buy|sell) /, '(buy|sell) ')}$`, 'm')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
