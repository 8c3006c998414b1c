import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channels, parseInstrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorsOf, codeBlocks, type Document, linksOf, readDocuments, tableRows } from '../src/documents.js'
import { InstalledProject } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = readDocuments(root)
const { homepage } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { homepage: string }
/** The project on the web. */
const site = homepage.replace(/#.*$/, '')
const readme = documents.find(({ path }) => path === 'README.md') as Document

describe('the example of the README', () => {
  let server: VenueServer
  let project: InstalledProject

  beforeAll(async () => {
    const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
    server = await startVenueServer({ venue: gateioSpotVenue, pairs, intervalMs: 1 })
    project = new InstalledProject()
    project.install(join(root, 'packages/core'))
    project.install(join(root, 'packages/exchange-gateio'))
  })

  afterAll(async () => {
    project.remove()
    await server.close()
  })

  const example = codeBlocks(readme).find(({ language }) => language === 'ts')?.code ?? ''

  it('is fifteen lines', () => {
    expect(example.split('\n')).toHaveLength(15)
  })

  it('is JavaScript as it stands, in the file that it is to be saved as', () => {
    expect(readme.text).toContain('Save it as `feed.mjs` and run `node feed.mjs`')
    const file = join(project.folder, 'feed.mjs')
    writeFileSync(file, example)
    execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' })
  })

  it('prints quotes, trades and states of both pairs, and ends by Ctrl-C with nothing left open', async () => {
    const options = JSON.stringify({ url: server.url, restUrl: server.restUrl })
    const anchor = "exchange: 'gateio_spot',"
    expect(example.split(anchor)).toHaveLength(2)
    const run = project.run('readme.ts', example.replace(anchor, `${anchor} options: ${options},`))
    const expected = [
      /^BTC\/USDT {2}\d+(\.\d+)? \/ \d+(\.\d+)?$/m,
      /^ETH\/USDT {2}\d+(\.\d+)? \/ \d+(\.\d+)?$/m,
      /^BTC\/USDT {2}(buy|sell) \d+(\.\d+)? at \d+(\.\d+)?$/m,
      /^ETH\/USDT {2}(buy|sell) \d+(\.\d+)? at \d+(\.\d+)?$/m,
    ]
    try {
      await run.until((output) => expected.every((pattern) => pattern.test(output)))
      server.faults.terminateAll()
      await run.until((output) => /^BTC\/USDT trades is gapped: connection lost/m.test(output))
      await run.until((output) => /gapped[\s\S]*^BTC\/USDT trades is live: delivering$/m.test(output))
    } finally {
      run.process.kill('SIGINT')
    }
    expect(await run.ended).toBe(0)
  })
})

describe('the example of the README that needs no network', () => {
  const example = codeBlocks(readme).find(({ code }) => code.includes('startVenueServer'))?.code ?? ''

  it('prints trades, and ends by itself with nothing left open', async () => {
    const project = new InstalledProject()
    for (const name of ['core', 'exchange-gateio', 'testkit']) project.install(join(root, 'packages', name))
    try {
      const run = project.run('offline.ts', example)
      expect(await run.ended).toBe(0)
      expect(run.output().split('\n').length).toBeGreaterThan(10)
      expect(run.output()).toMatch(/^(BTC|ETH)\/USDT {2}(buy|sell) \d+(\.\d+)? at \d+(\.\d+)?$/m)
    } finally {
      project.remove()
    }
  })
})

describe('the coverage table of the README', () => {
  it('says what the definitions say', () => {
    const cell = (definition: typeof gateioSpot | typeof mexcSpot, channel: string): string => {
      const support = definition.channels.find((candidate) => candidate.channel === channel)
      return support === undefined ? '—' : `\`${support.wireChannel}\`, ${support.evidence}`
    }
    expect(tableRows(readme, 'channel')).toEqual(
      channels.map((channel) => [`\`${channel}\``, cell(gateioSpot, channel), cell(mexcSpot, channel)]),
    )
  })
})

describe('the index of the README', () => {
  it('has every page of the documentation', () => {
    const pages = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/'))
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter((path) => !linksOf(readme).includes(path))).toEqual([])
  })
})

/** A page of the project as it is on the web, where packages say that they live: its path here. */
function pathHere(link: string): string {
  if (link === homepage) return 'README.md'
  return link.startsWith(`${site}/blob/main/`) ? link.slice(`${site}/blob/main/`.length) : link
}

describe('a package on its own', () => {
  const packages = documents.filter(({ path }) => /^packages\/[^/]+\/README\.md$/.test(path))

  it.each(packages.map((document) => [document.path, document] as const))(
    '%s links to nothing that its package leaves out',
    (_path, document) => {
      expect(linksOf(document).filter((link) => !/^(https:|#)/.test(link))).toEqual([])
    },
  )

  it.each(packages.map(({ path }) => dirname(path)))('%s says where it lives, and where its source is', (folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>
    expect(manifest).toMatchObject({
      homepage,
      bugs: { url: `${site}/issues` },
      repository: { type: 'git', url: `git+${site}.git`, directory: folder },
    })
  })
})

describe('the links of every page', () => {
  it.each(documents.map((document) => [document.path, document] as const))('of %s lead somewhere', (path, document) => {
    const broken = linksOf(document).filter((link) => {
      const here = pathHere(link)
      if (/^https?:/.test(here)) return false
      const [file = '', anchor] = here.split('#')
      const target = here !== link ? file : file === '' ? path : join(dirname(path), file)
      if (!existsSync(join(root, target))) return true
      if (anchor === undefined) return false
      const page = documents.find((candidate) => candidate.path === target)
      return page === undefined || !anchorsOf(page).includes(anchor)
    })
    expect(broken).toEqual([])
  })
})
