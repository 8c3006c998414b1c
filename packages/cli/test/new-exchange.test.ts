import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fixture, invoke } from './support/invoke.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapewire-new-exchange-'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const filesIn = (path: string): readonly string[] =>
  readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, path).length + 1))
    .sort()

describe('new-exchange', () => {
  test('writes the package of an adapter, and says what comes next', async () => {
    const { code, stdout, stderr } = await invoke(['new-exchange', 'acme'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const files = filesIn('tapewire-exchange-acme')
    expect(stdout).toBe(
      `acme_spot: ${files.length} files in tapewire-exchange-acme
Next: cd tapewire-exchange-acme && npm install && npm test, which says what is left to write, and where.
`,
    )
    expect(files).toEqual(expect.arrayContaining(['.gitignore', 'README.md', 'package.json', 'src/spot/parser.ts']))
    expect(readdirSync(folder)).toEqual(['tapewire-exchange-acme'])
  })

  test('prints what it wrote as JSON', async () => {
    const { stdout } = await invoke(['new-exchange', 'acme', '--dir', 'here', '--json'])
    expect(JSON.parse(stdout)).toEqual({ exchange: 'acme_spot', folder: 'here', files: filesIn('here') })
  })

  test('writes what an account needs where it has one, and nothing of it where it has none', async () => {
    await invoke(['new-exchange', 'acme', '--dir', 'with', '--private'])
    await invoke(['new-exchange', 'acme', '--dir', 'without'])
    const without = filesIn('without')
    expect(filesIn('with').filter((file) => !without.includes(file))).toEqual([
      'src/spot/account.ts',
      'src/spot/parsers/balances.ts',
      'src/spot/parsers/executions.ts',
      'src/spot/parsers/orders.ts',
      'src/testing/login.ts',
    ])
    const telling = without.filter((file) =>
      /accounts?\b|login|signature|private\(/i.test(readFileSync(join(folder, 'without', file), 'utf8')),
    )
    expect(telling).toEqual([])
  })

  test('asks for the versions of the packages that the command itself uses', async () => {
    await invoke(['new-exchange', 'acme'])
    const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
    const versionOf = (name: string): string => {
      const file = fileURLToPath(new URL(`../../${name}/package.json`, import.meta.url))
      return `^${(read(file) as { version: string }).version}`
    }
    const wanted = { '@tapewire/core': versionOf('core'), '@tapewire/testkit': versionOf('testkit') }
    expect(read(join(folder, 'tapewire-exchange-acme/package.json'))).toMatchObject({
      peerDependencies: wanted,
      devDependencies: wanted,
    })
  })

  test('leaves no mark of the templates, nor their name', async () => {
    await invoke(['new-exchange', 'acme', '--private', '--protobuf'])
    for (const file of filesIn('tapewire-exchange-acme')) {
      expect(readFileSync(join(folder, 'tapewire-exchange-acme', file), 'utf8')).not.toMatch(/newex|\/\/ #|<!-- #/i)
    }
  })
})

const aName =
  'A name is a lower-case letter and then letters and digits, 30 at most; the market is added to it: acme becomes acme_spot.'

describe('new-exchange writes nothing', () => {
  test.each([
    ['Acme Spot!', `"Acme Spot!" cannot be the name of an exchange. — Did you mean acme? ${aName}`],
    ['acme_spot', `"acme_spot" cannot be the name of an exchange. — Did you mean acme? ${aName}`],
    ['../acme', `"../acme" cannot be the name of an exchange. — Did you mean acme? ${aName}`],
    ['7', `"7" cannot be the name of an exchange. — ${aName}`],
    ['', `"" cannot be the name of an exchange. — ${aName}`],
  ])('for the name %j', async (name, message) => {
    const { code, stdout, stderr } = await invoke(['new-exchange', name])
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `error[ERR_INVALID_NAME]: ${message}\n` })
    expect(readdirSync(folder)).toEqual([])
  })

  test('for the name of an exchange that comes with the command', async () => {
    const { code, stderr } = await invoke(['new-exchange', 'gateio'])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error[ERR_NAME_TAKEN]: gateio_spot is there already: its package comes with this command. — Take another name, or add to that package.\n',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('into a folder that is there, be it empty', async () => {
    mkdirSync(join(folder, 'there'))
    const { code, stderr } = await invoke(['new-exchange', 'acme', '--dir', 'there'])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error[ERR_FOLDER_EXISTS]: there is there already. — Nothing was written. Name another with --dir.\n',
    })
    expect(filesIn('there')).toEqual([])
  })

  test('where the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { code, stderr } = await invoke(['new-exchange', 'acme', '--dir', 'file/acme', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'ERR_OUTPUT_FAILED' } })
    expect(existsSync(join(folder, 'file/acme'))).toBe(false)
  })
})

describe('new-exchange --from', () => {
  test('writes nothing where the capture is not there', async () => {
    const { code, stderr } = await invoke(['new-exchange', 'acme', '--from', join(folder, 'none.jsonl'), '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'ERR_CAPTURE_UNREADABLE' } })
    expect(readdirSync(folder)).toEqual([])
  })

  test('writes nothing where no frame of the capture can be read', async () => {
    writeFileSync(join(folder, 'binary.jsonl'), '{"dir":"in","b64":"AAA="}\n')
    const { code, stderr } = await invoke(['new-exchange', 'acme', '--from', join(folder, 'binary.jsonl')])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'error[ERR_NOTHING_TO_DRAFT]: No frame of binary.jsonl can be drafted from: binary, and no protobuf message. — Drafts are made of JSON objects and protobuf messages. Without --from, the package is written all the same.\n',
    })
    expect(readdirSync(folder)).toEqual(['binary.jsonl'])
  })

  test('has a table of fields of what is no data, and writes choices with their texts', async () => {
    const frames = [
      { dir: 'out', text: '{"rid":"7","do":"watch","topics":["md/BTCUSDT/depth"]}' },
      { dir: 'in', text: '{"rid":"7","ok":["md/BTCUSDT/depth"],"bad":[]}' },
      ...['full', 'diff', 'diff', 'diff', 'diff', 'diff'].map((kind) => ({
        dir: 'in',
        text: `{"topic":"md/BTCUSDT/depth","kind":"${kind}"}`,
      })),
    ]
    writeFileSync(join(folder, 'paths.jsonl'), frames.map((frame) => `${JSON.stringify(frame)}\n`).join(''))
    await invoke(['new-exchange', 'acme', '--dir', 'here', '--from', join(folder, 'paths.jsonl')])
    const report = readFileSync(join(folder, 'here/DRAFT.md'), 'utf8')
    expect(report).toContain('| `BASEQUOTE` | 8 | `BTCUSDT` |')
    const control = report.slice(report.indexOf('## Control, field by field'))
    expect(control).toMatch(/### answer\n[\s\S]*\| `rid` \| `decimal` \|[\s\S]*### watch\n[\s\S]*\| `topics` \|/)
    const declaration = readFileSync(join(folder, 'here/src/spot/drafts/md-depth.ts'), 'utf8')
    expect(declaration).toContain("import { choice, type JsonDeclaration, text } from '@tapewire/core/adapter'")
    expect(declaration).toContain("kind: choice('full', 'diff'),")
  })

  test('tells the kinds of frames as JSON', async () => {
    const { stdout } = await invoke(['new-exchange', 'acme', '--from', fixture('gateio-market.jsonl'), '--json'])
    const { drafts } = JSON.parse(stdout) as { drafts: readonly { kind: string; role: string; frames: number }[] }
    expect(drafts.map(({ kind, role }) => [kind, role])).toContainEqual(['spot-trades-update', 'data'])
  })
})
