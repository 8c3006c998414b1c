import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { conformanceChecks } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { run } from '../src/run.js'
import { Collector, fakeTerminal, fixture, invoke, jsonLines } from './support/invoke.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapewire-conformance-'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

/** A folder with a package; what it exports is built, as far as this process can load it. */
function packageIn(place: string, manifest: object, main = 'export const exchanges = []'): string {
  const path = join(folder, place)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ type: 'module', exports: './index.ts', ...manifest }))
  writeFileSync(join(path, 'index.ts'), main)
  return path
}

/** Gate.io's adapter, in a folder of its own. */
function gateioFolder(): string {
  const source = fileURLToPath(new URL('../../exchange-gateio/src', import.meta.url))
  const path = packageIn('gateio', {
    name: '@tapewire/exchange-gateio',
    exports: { '.': './src/index.ts', './testing': './src/testing/index.ts' },
  })
  symlinkSync(source, join(path, 'src'), 'junction')
  return path
}

/** Its adapter with a name and a title that are none. */
const broken = `
import { gateioSpot } from '@tapewire/exchange-gateio'
export const exchanges = [{ ...gateioSpot, name: 'Gate-spot', title: '' }]`

interface Report {
  readonly exchange: string
  readonly checks: readonly { readonly id: string; readonly status: string; readonly reason: string | null }[]
  readonly passed: number
  readonly failed: number
  readonly warned: number
  readonly skipped: number
}

describe('tapewire conformance', () => {
  test('checks the package in a folder', async () => {
    gateioFolder()
    const { code, stdout, stderr } = await invoke([
      'conformance',
      './gateio',
      '--only',
      'plan',
      'definition.emulation-is-of-it',
      '--json',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [report, ...more] = jsonLines(stdout) as Report[]
    expect(more).toEqual([])
    expect(report).toMatchObject({ exchange: 'gateio_spot', failed: 0, warned: 0, skipped: 0 })
    expect(report?.checks.at(-1)).toEqual({
      id: expect.stringMatching(/^plan\./),
      title: expect.any(String),
      level: expect.stringMatching(/^must|should$/),
      area: 'plan',
      status: 'pass',
      reason: null,
      ms: expect.any(Number),
    })
  })

  test('checks an installed package by its name, and prints a table by area', async () => {
    const { code, stdout, stderr } = await invoke([
      'conformance',
      '@tapewire/exchange-mexc',
      '--only',
      'definition.name-form',
      'definition.title',
      'package.name',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^area +passed +failed +warned +skipped +ms\ndefinition +2 +0 +0 +0 +\d+\npackage +1 +0 +0 +0 +\d+\n/,
    )
    expect(stdout).toContain('mexc_spot: 3 passed, 0 failed, 0 warned, ')
  })

  test('says what was not checked, and why', async () => {
    packageIn('alone', { name: 'alone' }, "export { exchanges } from '@tapewire/exchange-gateio'")
    const { code, stdout } = await invoke([
      'conformance',
      './alone',
      '--only',
      'definition.emulation-is-of-it',
      'subscription.again',
    ])
    expect(code).toBe(0)
    expect(stdout).toContain(
      'Not checked:\n  There is no emulation of this exchange. definition.emulation-is-of-it, subscription.again\n',
    )
  })

  test('ends with 1 where a check of the level must fails, and says what, where to look and what to read', async () => {
    packageIn('broken', { name: 'broken' }, broken)
    const { code, stdout, stderr } = await invoke(['conformance', './broken', '--only', 'definition'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain(
      [
        'failed  definition.name-form: the name is in lower case with underscores, the market last',
        '  the name of the exchange has another form',
        '  expected  "acme_spot"',
        '  got       "Gate-spot"',
        '  look at   definition.ts',
        '  read      https://github.com/tapewire/tapewire/blob/main/docs/writing-an-adapter.md#the-definition',
      ].join('\n'),
    )
    expect(stdout).toContain('warned  definition.title: ')
    expect(stdout).toMatch(/Gate-spot: \d+ passed, \d failed, 1 warned, \d+ skipped\n$/)
  })

  test('reports checks that failed with something that has no text', async () => {
    const thrower = '[{ ...gateioSpot, public() { throw Object.create(null) } }]'
    packageIn('textless', { name: 'textless' }, `${broken.split('export')[0]}export const exchanges = ${thrower}`)
    const { code, stdout, stderr } = await invoke(['conformance', './textless', '--only', 'plan', '--json'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const [report] = jsonLines(stdout) as Report[]
    expect(report?.checks.find(({ status }) => status === 'fail')?.reason).toBe(
      'the adapter threw: something that has no text',
    )
  })

  test('is content with warnings', async () => {
    packageIn('untitled', { name: 'untitled' }, broken.replace(", name: 'Gate-spot'", ''))
    const { code, stdout } = await invoke(['conformance', './untitled', '--only', 'definition.title', '--json'])
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      report: {
        failed: 0,
        warned: 1,
        checks: [{ status: 'fail', failure: { file: 'definition.ts', docs: 'writing-an-adapter.md#the-definition' } }],
      },
    })
  })

  test('tells of each failure at once on a terminal', async () => {
    packageIn('broken', { name: 'broken' }, broken)
    const stderr = fakeTerminal()
    await run(['conformance', './broken', '--only', 'definition.name-form'], { stdout: new Collector(), stderr })
    expect(stderr.text).toBe('Checking Gate-spot.\n✗ definition.name-form: the name of the exchange has another form\n')
  })

  test('checks one of several exchanges, or each, an object a line', async () => {
    packageIn(
      'both',
      { name: 'both' },
      `import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
export const exchanges = [gateioSpot, mexcSpot]`,
    )
    const argv = ['conformance', './both', '--only', 'definition.title', '--json']
    const names = async (...more: string[]): Promise<readonly string[]> =>
      jsonLines((await invoke([...argv, ...more])).stdout).map((report) => (report as Report).exchange)
    expect(await names()).toEqual(['gateio_spot', 'mexc_spot'])
    expect(await names('--exchange', 'mexc_spot')).toEqual(['mexc_spot'])
    const unknown = await invoke([...argv, '--exchange', 'mexc_spt'])
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('Did you mean mexc_spot?')])
    const captures = await invoke([...argv, '--captures', fixture('gateio-market.jsonl')])
    expect([captures.code, captures.stderr]).toEqual([2, expect.stringContaining('captures are of one')])
  })

  test('keeps standard output for the report, whatever the package writes to the console', async () => {
    packageIn('loud', { name: 'loud' }, `console.log('loaded', { n: 1 })\n${broken}`)
    const { stdout, stderr } = await invoke(['conformance', './loud', '--only', 'definition.title', '--json'])
    expect(jsonLines(stdout)).toMatchObject([{ exchange: 'Gate-spot' }])
    expect(jsonLines(stderr)).toEqual([{ note: 'loaded { n: 1 }' }])
    const own = globalThis.console
    await invoke(['conformance', './loud', '--only', 'definition.title'])
    expect(globalThis.console).toBe(own)
  })

  test('writes a report for build servers', async () => {
    packageIn('broken', { name: 'broken' }, broken)
    const junit = join(folder, 'report.xml')
    await invoke([
      'conformance',
      './broken',
      '--only',
      'definition.name-form',
      'definition.title',
      'subscription.again',
      '--junit',
      junit,
    ])
    const text = readFileSync(junit, 'utf8')
    expect(text).toContain('<testsuite name="Gate-spot" tests="3" failures="1" skipped="1"')
    expect(text).toContain('<failure message="the name of the exchange has another form">definition.name-form: ')
    expect(text).toContain('<skipped message="There is no emulation of this exchange."/>')
    expect(text).toContain('got       &quot;Gate-spot&quot;')
    expect(text).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#10;)/)
  })

  test('lists the checks', async () => {
    const all = await invoke(['conformance', '--list'])
    expect(all.code).toBe(0)
    const missing = conformanceChecks.filter(
      ({ id, level, title }) =>
        !all.stdout.includes(`${level.padEnd(8)}${title}
`) ||
        !all.stdout.includes(`
${id} `),
    )
    expect(missing.map(({ id }) => id)).toEqual([])
    const some = await invoke(['conformance', '--list', '--only', 'definition.title', '--json'])
    expect(jsonLines(some.stdout)).toMatchObject([{ id: 'definition.title', level: 'should' }])
  })
})

describe('tapewire conformance cannot be meant', () => {
  const refusal = async (...argv: string[]): Promise<readonly [number, string]> => {
    const { code, stderr } = await invoke(['conformance', ...argv])
    return [code, stderr.replaceAll(folder, '…')]
  }

  test('without a package', async () => {
    expect(await refusal()).toEqual([
      2,
      "error[ERR_USAGE]: Missing required argument 'package'. — Name it, or its folder: tapewire conformance ./\n",
    ])
  })

  test('of a package that is not there', async () => {
    expect(await refusal('./nowhere')).toEqual([
      2,
      'error[ERR_PACKAGE_NOT_FOUND]: There is no package in …/nowhere. — Name the folder in which its package.json is, or the package itself where it is installed.\n',
    ])
    expect(await refusal('@acme/streams')).toEqual([
      2,
      'error[ERR_PACKAGE_NOT_FOUND]: The package @acme/streams is not installed where the command runs. — Install it, or name its folder: tapewire conformance ./streams\n',
    ])
  })

  test('of a manifest that is no object', async () => {
    writeFileSync(join(packageIn('nothing', {}), 'package.json'), 'null')
    expect(await refusal('./nothing')).toEqual([
      2,
      'error[ERR_PACKAGE_NOT_FOUND]: …/nothing/package.json cannot be read: it is not an object. — It has to be a manifest, as npm init writes one.\n',
    ])
  })

  test('of a package that is not built', async () => {
    packageIn('raw', { name: 'raw', exports: { '.': './dist/index.js' } })
    expect(await refusal('./raw')).toEqual([
      1,
      'error[ERR_PACKAGE_NOT_BUILT]: The package raw is not built: there is no ./dist/index.js. — Build it first: npm run build\n',
    ])
  })

  test('of a package without an exchange', async () => {
    packageIn('node_modules/empty', { name: 'empty' })
    expect(await refusal('empty')).toEqual([
      1,
      'error[ERR_NO_EXCHANGES]: The package empty exports no exchange. — Its main entry exports every definition in an array: export const exchanges = [acmeSpot].\n',
    ])
  })

  test.each([
    [
      'import "nowhere-to-be-found"',
      /^error\[ERR_EXCHANGE_NOT_INSTALLED\]: The package odd could not be loaded\. .*nowhere-to-be-found/,
    ],
    [
      'throw new RangeError("no way")',
      /The package odd could not be loaded\. \(Reason: RangeError: no way.*\) — Its own code threw while it was loaded: mend it there\.\n$/,
    ],
    ['throw Object.create(null)', /could not be loaded\. \(Reason: something that has no text\) — Its own/],
  ])('of a package that cannot be loaded: %s', async (code, told) => {
    packageIn('odd', { name: 'odd' }, code)
    expect(await refusal('./odd')).toEqual([2, expect.stringMatching(told)])
    packageIn('node_modules/odd', { name: 'odd', exports: './index.mjs' }, '')
    writeFileSync(join(folder, 'node_modules/odd/index.mjs'), code)
    expect(await refusal('odd')).toEqual([2, expect.stringMatching(told)])
  })

  test('of a package that is never done loading', async () => {
    packageIn('waiting', { name: 'waiting' }, 'await new Promise(() => {})\nexport const exchanges = []')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const refused = refusal('./waiting')
      await vi.advanceTimersByTimeAsync(20_000)
      expect(await refused).toEqual([
        1,
        'error[ERR_PACKAGE_BROKEN]: The package waiting is not done loading after 20 s. — It waits at its top level for what does not come: an await there must not need a network, or a promise that nobody settles.\n',
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  test('of a package whose exports throw when they are read', async () => {
    packageIn('thrower', { name: 'thrower' }, 'export const exchanges = [{ get name() { throw new Error("mine") } }]')
    expect(await refusal('./thrower')).toEqual([
      1,
      expect.stringMatching(
        /^error\[ERR_PACKAGE_BROKEN\]: What the package thrower exports cannot be read: Error: mine\. — /,
      ),
    ])
  })

  test('of a package with two exchanges of one name', async () => {
    packageIn('twins', { name: 'twins' }, broken.replace('[', '[gateioSpot, gateioSpot, '))
    expect(await refusal('./twins')).toEqual([
      1,
      'error[ERR_PACKAGE_BROKEN]: The package twins exports two exchanges of the name gateio_spot: the second can never be found. — Give each a name of its own, or export it once.\n',
    ])
  })

  test('of a check that there is not, and of captures that are not there', async () => {
    packageIn('broken', { name: 'broken' }, broken)
    expect(await refusal('./broken', '--only', 'plant')).toEqual([
      2,
      expect.stringContaining('error[ERR_UNKNOWN_CHECK]: There is no check plant.'),
    ])
    expect(await refusal('./broken', '--only', '')).toEqual([
      2,
      expect.stringContaining('error[ERR_USAGE]: --only names no check.'),
    ])
    expect(await refusal('./broken', '--captures', join(folder, 'none'))).toEqual([
      2,
      expect.stringContaining('There is no …/none.'),
    ])
  })
})
