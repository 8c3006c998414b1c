import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channels, parseInstrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeBlocks, type Document, readDocuments, tableRows } from '../src/documents.js'
import { InstalledProject } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readDocuments(root).find(({ path }) => path === 'README.md') as Document

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

describe('the README', () => {
  it('is read in one sitting', () => {
    expect(readme.text.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  })
})
