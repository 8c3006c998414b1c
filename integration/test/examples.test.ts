import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InstalledProject } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'examples')

describe.concurrent('the examples', () => {
  let project: InstalledProject

  beforeAll(() => {
    project = new InstalledProject()
    for (const name of ['core', 'exchange-gateio', 'exchange-mexc', 'testkit']) {
      project.install(join(root, 'packages', name))
    }
    for (const name of ['acme', 'nimbus']) project.install(join(folder, `tapewire-exchange-${name}`))
    project.borrow(folder, 'prom-client')
    project.addPrograms(join(folder, 'src'))
  })

  afterAll(() => project.remove())

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
    [
      'candles-to-csv',
      /^symbol,interval,openTime,open,high,low,close,baseVolume,quoteVolume,isOver$[\s\S]*^(BTC|ETH)\/USDT,1m,[\d-]+T[\d:.]+Z(,[\d.]+){6},false$/m,
    ],
    [
      'account-watcher',
      /^(BTC|ETH)\/USDT (buy|sell) [\d.]+ at [\d.]+, fee [\d.]+ \w+ \((maker|taker)\)$[\s\S]*^gap of executions: backfilled, \d+ fetched$[\s\S]*^USDT: [\d.]+ free, [\d.]+ locked$/m,
    ],
    [
      'spread',
      /^(buy at [\d.]+ \((gateio|mexc)_spot\), sell at [\d.]+ \((gateio|mexc)_spot\): -?[\d.]+ % before fees\n?){2}/m,
    ],
    [
      'alerts-to-webhook',
      /^gateio_spot: slow-handler raised \(warning\): \d+ messages wait [\s\S]*^gateio_spot: slow-handler cleared \(/m,
    ],
    [
      'prometheus',
      /^metrics at http:\S+\/metrics$[\s\S]*^tapewire_connection_up\{exchange="gateio_spot",feed="account",connection="gateio_spot#1"\} 1$/m,
    ],
    ['third-party-exchange', /^BTC\/USDT {2}[\d.]+ \/ [\d.]+$/m],
  ])('%s runs, shows what it promises and ends', async (name, expected) => {
    const run = project.start(`src/${name}.ts`)
    expect([await run.ended, run.output()]).toEqual([0, expect.stringMatching(expected)])
  })

  it('have a script each', () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const programs = readdirSync(join(folder, 'src')).filter((file) => file.endsWith('.ts'))
    for (const file of programs) expect(scripts[file.slice(0, -3)]).toBe(`tsx src/${file}`)
  })
})
