import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseInstrument } from '@tapewire/core'
import { startVenueServer, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DemoReport } from '../src/commands/demo/demo-report.js'
import { emulations } from './support/elsewhere/emulation.js'
import { invoke, jsonLines, type Outcome } from './support/invoke.js'

const source = fileURLToPath(new URL('support/elsewhere', import.meta.url))
const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)

let folder: string
let server: VenueServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tapewire-cli-'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
  const [emulation] = emulations
  if (emulation === undefined) throw new Error('There is no emulation.')
  server = await startVenueServer({ venue: emulation.createVenue, pairs, intervalMs: 1 })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await server.close()
  rmSync(folder, { recursive: true })
})

/** Installs the package in the folder where the command runs; `entries` are those it exports. */
function install(
  name = 'tapewire-exchange-elsewhere',
  entries: Readonly<Record<string, string>> = { '.': './src/exchange.ts', './testing': './src/emulation.ts' },
): void {
  const place = join(folder, 'node_modules', name)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, type: 'module', exports: entries }))
  symlinkSync(source, join(place, 'src'), 'junction')
}

/** A capture of a session with it. */
function recordedSession(): string {
  const file = join(folder, 'session.jsonl')
  const frames = [
    { dir: 'out', text: '{"op":"subscribe","id":7,"names":["BTC-USDT"]}' },
    { dir: 'in', text: '{"op":"subscribe","id":7}' },
    { dir: 'in', text: '{"name":"BTC-USDT","last":50000.5}' },
    { dir: 'in', text: '{"name":"ETH-USDT","last":3000}' },
  ]
  const lines = frames.map((frame, index) => JSON.stringify({ t: 1_767_225_600_000 + index, ...frame }))
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** Streams until a line was printed, then presses Ctrl-C. */
function streamOnce(...more: string[]): Promise<Outcome> {
  const interrupt = new AbortController()
  const argv = ['stream', 'elsewhere_spot', 'BTC/USDT', '--url', server.url, ...more]
  return invoke(argv, { signal: interrupt.signal, onOutput: () => interrupt.abort() })
}

describe('an exchange of an installed package', () => {
  beforeEach(() => install())

  test('is streamed: what it has, where it has nothing of what is usual', async () => {
    const { code, stdout, stderr } = await streamOnce('--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)[0]).toMatchObject({
      type: 4,
      stream: 'last.BTC-USDT',
      symbol: 'BTC/USDT',
      channel: 'ticker',
      data: { last: expect.any(Number) },
    })
  })

  test('is decoded', async () => {
    const { code, stdout } = await invoke(['decode', recordedSession(), '--exchange', 'elsewhere_spot'])
    expect(code).toBe(0)
    expect(jsonLines(stdout)).toMatchObject([
      { line: 2, messages: [{ type: 0, stream: null }] },
      { line: 3, messages: [{ stream: 'last.BTC-USDT', symbol: 'BTC/USDT', data: { last: 50_000.5 } }] },
      { line: 4, messages: [{ stream: 'last.ETH-USDT', symbol: 'ETH/USDT', data: { last: 3_000 } }] },
    ])
  })

  test('is replayed', async () => {
    const argv = ['replay', recordedSession(), '--exchange', 'elsewhere_spot', '--speed', 'max', '--json']
    const { code, stdout, stderr } = await invoke(argv)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      frames: 3,
      messages: { ticker: 2, trades: 0 },
      bySymbol: { 'BTC/USDT': { ticker: 1 }, 'ETH/USDT': { ticker: 1 } },
    })
  })

  test('is examined, by a channel that it has', async () => {
    const argv = ['doctor', 'elsewhere_spot', '--url', server.url, '--rest-url', server.restUrl, '--json']
    const { stdout } = await invoke(argv)
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string; detail: string }[] }
    expect(ok).toBe(true)
    expect(checks.find(({ name }) => name === 'first data')?.detail).toBe('ticker of BTC/USDT arrived')
  })

  test('is demonstrated by its own emulation', async () => {
    const { code, stdout } = await invoke(['demo', '--exchange', 'elsewhere_spot', '--duration', '1500ms', '--json'])
    expect(code).toBe(0)
    const { exchanges } = JSON.parse(stdout) as DemoReport
    expect(exchanges.elsewhere_spot).toMatchObject({ state: 'connected', errors: 0 })
    expect(exchanges.elsewhere_spot?.messages.ticker).toBeGreaterThan(0)
  })
})

describe('an exchange of a package', () => {
  test('of any other name is found with --package', async () => {
    install('@somebody/streams')
    expect((await streamOnce()).stderr).toContain('error[ERR_EXCHANGE_NOT_INSTALLED]')
    expect(await streamOnce('--package', '@somebody/streams')).toMatchObject({ code: 0, stderr: '' })
  })

  test('writes to the console what becomes a note, and is named to whoever guards the process', async () => {
    install()
    const place = join(folder, 'node_modules/tapewire-exchange-elsewhere')
    writeFileSync(join(place, 'loud.ts'), "console.log('loaded')\nexport * from './src/exchange.ts'")
    const manifest = { name: 'tapewire-exchange-elsewhere', type: 'module', exports: { '.': './loud.ts' } }
    writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
    const guests: string[] = []
    const { code, stdout, stderr } = await invoke(
      ['decode', recordedSession(), '--exchange', 'elsewhere_spot', '--json'],
      {
        onGuest: (name) => guests.push(name),
      },
    )
    expect({ code, guests, notes: jsonLines(stderr) }).toEqual({
      code: 0,
      guests: ['elsewhere_spot'],
      notes: [{ note: 'loaded' }],
    })
    expect(jsonLines(stdout)).toHaveLength(3)
  })

  test.each([
    ['record', './elsewhere', 'BTC/USDT', '--out', 'session.jsonl'],
    ['record', 'elsewhere_spot', 'BTC/USDT', '--package', '../elsewhere', '--out', 'session.jsonl'],
    ['stream', 'packages/elsewhere', 'BTC/USDT'],
    ['doctor', '/srv/elsewhere'],
  ])('is not found by its path, and told how it is: %s %s', async (...argv) => {
    const { code, stderr } = await invoke(argv)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error\[ERR_USAGE\]: \S*elsewhere is a path, and an exchange is named here\. — Install the package of that folder where the command runs, npm install \S*elsewhere, and/,
      ),
    ])
  })

  test('without an emulation is streamed, and told to have none where one is needed', async () => {
    install('tapewire-exchange-elsewhere', { '.': './src/exchange.ts' })
    expect((await streamOnce()).code).toBe(0)
    const { code, stderr } = await invoke(['replay', recordedSession(), '--exchange', 'elsewhere_spot', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'ERR_NO_EMULATION' } })
  })
})
