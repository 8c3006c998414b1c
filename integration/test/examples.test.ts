import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { InstalledProject, startProgram } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'examples')

describe.concurrent('the examples', () => {
  it.each([
    ['basic-feed', /^gateio_spot#1 is connected$[\s\S]*^(BTC|ETH)\/USDT {2}(buy |sell) {2}[\d.]+ at [\d.]+$/m],
    [
      'order-book',
      /is live: in sync$[\s\S]*is gapped: connection lost[\s\S]*^live again, with everything up to update \d+$/m,
    ],
    ['slow-consumer', /^handled 50, waiting \d+, dropped [1-9]\d* [\s\S]*^each drop was reported: true$/m],
    ['metrics', /^[1-9]\d* messages, \d+ a second;[\s\S]*^ {2}gateio_spot#1: connected, 4 streams, 0 reconnections/m],
    [
      'checksum-book',
      /^best bid of ETH\/USDT, as it was sent: [\d.]+ at [\d.]+$[\s\S]*^gap of ETH\/USDT: the checksum is [\s\S]*^ETH\/USDT is live again, best bid [\d.]+$/m,
    ],
  ])('%s runs, shows what it promises and ends', async (name, expected) => {
    const run = startProgram(process.execPath, ['--import', 'tsx', join('src', `${name}.ts`)], folder)
    expect(await run.ended).toBe(0)
    expect(run.output()).toMatch(expected)
  })

  it('third-party-exchange runs beside an installed package, shows what it promises and ends', async () => {
    const project = new InstalledProject()
    for (const installed of ['packages/core', 'packages/testkit', 'examples/tapewire-exchange-acme']) {
      project.install(join(root, installed))
    }
    try {
      const file = 'third-party-exchange.ts'
      const run = project.run(file, readFileSync(join(folder, 'src', file), 'utf8'))
      expect([await run.ended, run.output()]).toEqual([0, expect.stringMatching(/^BTC\/USDT {2}[\d.]+ \/ [\d.]+$/m)])
    } finally {
      project.remove()
    }
  })

  it('have a script each', () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const programs = readdirSync(join(folder, 'src')).filter((file) => file.endsWith('.ts'))
    for (const file of programs) expect(scripts[file.slice(0, -3)]).toBe(`tsx src/${file}`)
  })
})
