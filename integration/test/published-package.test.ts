import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
})

function compile(folder: string): ProgramRun {
  return startProgram(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc')], folder)
}
