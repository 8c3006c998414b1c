import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseInstrument } from '@tapewire/core'
import { startVenueServer } from '@tapewire/testkit'
import { acmeSpotVenue } from 'tapewire-exchange-acme/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeBlocks, type Document, readDocuments } from '../src/documents.js'
import { InstalledProject, type ProgramRun, startProgram } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const name = 'tapewire-exchange-acme'
const guide = readDocuments(root).find(({ path }) => path === 'docs/writing-an-adapter.md') as Document

/** What the guide says that makes the package, a line each. */
const commands = codeBlocks({ ...guide, text: guide.text.slice(guide.text.indexOf('\n## Build and publish\n')) })
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split('\n'))

const application = `
import { createPublicExchange } from '@tapewire/core'
import { acmeSpot } from '${name}'
import { emulations } from '${name}/testing'

const feed = await createPublicExchange({
  exchange: 'acme_spot',
  symbols: ['BTC/USDT'],
  channels: ['orderbook'],
  options: { url: process.argv[2] ?? acmeSpot.endpoints.url },
})
const book = await feed.awaitBook('BTC/USDT')
console.log(JSON.stringify([emulations[0]?.exchange, book.isLive, book.bidCount]))
await feed.close()
`

describe('an adapter that is built and packed as the guide says', { timeout: 120_000 }, () => {
  let project: InstalledProject

  beforeAll(async () => {
    project = new InstalledProject()
    for (const folder of ['core', 'testkit']) project.install(join(root, 'packages', folder), { types: true })
    project.install(join(root, 'packages/cli'))
    // The command shares the application's core, and brings what is not built here only when it is named.
    rmSync(join(project.folder, 'node_modules/tapewire/node_modules/@tapewire'), { recursive: true })
    project.borrow(root, 'typescript', 'tsc')
    project.borrow(root, '@types/node')
    // The author works in a folder of the application: both see the same core.
    const author = join(project.folder, 'author')
    cpSync(join(root, 'examples', name), author, {
      recursive: true,
      filter: (path) => !/[\\/](dist|node_modules)$/.test(path),
    })
    for (const command of commands) {
      const run = startProgram('npm', command.split(' ').slice(1), author)
      expect([command, await run.ended, run.output()]).toEqual([command, 0, expect.anything()])
    }
    project.installPacked(join(author, `${name}-1.0.0.tgz`), name)
  }, 120_000)

  afterAll(() => project.remove())

  it('has commands in the guide', () => {
    expect(commands).toEqual(['npm run build', 'npm pack'])
  })

  it('compiles with an application that checks the declarations of its libraries', async () => {
    const { folder } = project
    writeFileSync(join(folder, 'application.mts'), application)
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'examples', name, 'tsconfig.json'), 'utf8'))
    const { outDir: _, rootDir: __, ...options } = compilerOptions
    const config = { compilerOptions: { ...options, noEmit: true }, files: ['application.mts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const run = compile(folder)
    expect([await run.ended, run.output()]).toEqual([0, ''])
    rmSync(join(folder, 'tsconfig.json'))
  })

  it('is found by the exchange’s name, and keeps a book', async () => {
    const pairs = [parseInstrument('BTC/USDT')]
    const server = await startVenueServer({ venue: acmeSpotVenue, pairs, intervalMs: 1 })
    try {
      const run = project.run('application.ts', application.replace('process.argv[2]', JSON.stringify(server.url)))
      expect([await run.ended, run.output()]).toEqual([0, '["acme_spot",true,25]\n'])
    } finally {
      await server.close()
    }
  })

  it('is checked by the conformance command, what was built included, and nothing of that is skipped', async () => {
    const run = checkedBy(project, name, '--only', 'package', 'definition', 'plan', '--json')
    const code = await run.ended
    const { checks } = JSON.parse(run.output()) as { readonly checks: readonly Record<string, unknown>[] }
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect(code).toBe(0)
    expect(checks.filter(({ area, status }) => area === 'package' && status === 'skip')).toEqual([])
  })

  it.each([
    ['leaves a timer behind', 'setInterval(() => {}, 1_000)', 0, /acme_spot: 1 passed, 0 failed/],
    [
      'ends the process',
      'process.exit(0)',
      1,
      /^error\[ERR_PACKAGE_BROKEN\]: The process was ended .* while odd was in use/,
    ],
    [
      'throws when nobody listens',
      'setTimeout(() => { throw new Error("late") })\nawait new Promise((resolve) => setTimeout(resolve, 60_000))',
      1,
      /^error\[ERR_PACKAGE_BROKEN\]: While odd was in use, .*: Error: late \(at file:.*odd\/index\.js:1:26\)\.[^\n]*\n$/,
    ],
  ])('is checked to an end where it %s', async (_what, code, expected, told) => {
    const odd = join(project.folder, 'odd')
    mkdirSync(odd, { recursive: true })
    writeFileSync(join(odd, 'package.json'), JSON.stringify({ name: 'odd', type: 'module', exports: './index.js' }))
    writeFileSync(join(odd, 'index.js'), `${code}\nexport { exchanges } from '${name}'`)
    const run = checkedBy(project, './odd', '--only', 'definition.title')
    expect([await run.ended, run.output()]).toEqual([expected, expect.stringMatching(told)])
  })

  it('is checked to an end where a check of it runs in circles: that one is named, and the report is whole', async () => {
    const odd = join(project.folder, 'circles')
    const junit = join(odd, 'report.xml')
    mkdirSync(odd, { recursive: true })
    writeFileSync(join(odd, 'package.json'), JSON.stringify({ name: 'circles', type: 'module', exports: './index.js' }))
    writeFileSync(
      join(odd, 'index.js'),
      `import { exchanges as good } from '${name}'
export const exchanges = [{ ...good[0], public() { for (;;) {} } }]`,
    )
    const only = ['definition.title', 'plan.same-objects', 'symbols']
    const run = checkedBy(
      project,
      './circles',
      '--only',
      ...only,
      '--check-timeout',
      '200ms',
      '--json',
      '--junit',
      junit,
    )
    const code = await run.ended
    const { checks, failed } = JSON.parse(run.output()) as {
      readonly checks: readonly Record<string, unknown>[]
      readonly failed: number
    }
    expect([code, failed]).toEqual([1, 1])
    expect(checks.slice(0, 2)).toMatchObject([
      { id: 'definition.title', status: 'pass' },
      { id: expect.any(String), status: 'fail', reason: expect.stringContaining('did not come back') },
    ])
    expect(checks.slice(2).every(({ status }) => status === 'skip')).toBe(true)
    expect(readFileSync(junit, 'utf8')).toContain('failures="1"')
  })

  it('fails its checks where declarations are missing', async () => {
    const installed = join(project.folder, 'node_modules', name)
    rmSync(join(installed, 'dist/testing/index.d.ts'))
    const run = checkedBy(project, installed, '--only', 'package.files-are-there', 'package.types')
    expect(await run.ended).toBe(1)
    for (const id of ['package.files-are-there', 'package.types']) expect(run.output()).toContain(`failed  ${id}: `)
  })
})

/** The command as it is installed beside the package. */
function checkedBy({ folder }: InstalledProject, ...given: readonly string[]): ProgramRun {
  const command = join(folder, 'node_modules/tapewire/dist/main.js')
  return startProgram(process.execPath, [command, 'conformance', ...given], folder)
}

function compile(folder: string): ProgramRun {
  return startProgram(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc')], folder)
}
