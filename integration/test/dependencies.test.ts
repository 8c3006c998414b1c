import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const allowedLicences = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

const read = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const published = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))

/** The folder of a dependency, as Node finds it from its dependent. */
function folderOf(name: string, dependent: string): string {
  for (let folder = dependent; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return realpathSync(found)
    if (dirname(folder) === folder) throw new Error(`${name} is not installed for ${dependent}`)
  }
}

/** All that is installed with our packages, by name and version. */
function installed(): ReadonlyMap<string, Manifest> {
  const found = new Map<string, Manifest>()
  const visit = (folder: string): void => {
    for (const name of Object.keys(read(folder).dependencies ?? {})) {
      const inner = folderOf(name, folder)
      const manifest = read(inner)
      const key = `${manifest.name}@${manifest.version}`
      if (found.has(key) || published.includes(inner)) continue
      found.set(key, manifest)
      visit(inner)
    }
  }
  for (const folder of published) visit(folder)
  return found
}

const others = installed()

describe('what is installed with the packages', () => {
  it('is found', () => {
    expect(others.size).toBeGreaterThan(20)
  })

  it('runs nothing when it is installed', () => {
    const withScripts = [...others].filter(([, { scripts = {} }]) =>
      ['preinstall', 'install', 'postinstall'].some((name) => name in scripts),
    )
    expect(withScripts.map(([key]) => key)).toEqual([])
  })

  it('has a licence that lets everybody use it', () => {
    const isAllowed = (licence: string): boolean =>
      licence
        .replace(/[()]/g, '')
        .split(' AND ')
        .every((part) => part.split(' OR ').some((choice) => allowedLicences.includes(choice)))
    const foreign = [...others].filter(([, { license = 'none' }]) => !isAllowed(license))
    expect(foreign.map(([key, { license }]) => `${key}: ${license}`)).toEqual([])
  })

  it('is named in docs/dependencies.md, with the packages that need it', () => {
    const rows = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    const documented = rows.flatMap((row) => {
      const [, names = '', packages = ''] = row.split('|').map((cell) => cell.trim())
      return names
        .split(', ')
        .flatMap((name) => packages.split(', ').map((one) => `${one}: ${name.replaceAll('`', '')}`))
    })
    const direct = published.flatMap((folder) => {
      const names = Object.keys(read(folder).dependencies ?? {}).filter((name) => !/^(@tapewire\/|tapewire)/.test(name))
      return names.map((name) => `${folder.slice(folder.lastIndexOf('/') + 1)}: ${name}`)
    })
    expect(documented.sort()).toEqual(direct.sort())
  })

  it('is asked for by ranges, so that a mend needs no release of ours', () => {
    const pinned = published.flatMap((folder) =>
      Object.entries(read(folder).dependencies ?? {})
        .filter(([, range]) => !range.startsWith('^') && !range.startsWith('workspace:'))
        .map(([name, range]) => `${name} ${range}`),
    )
    expect(pinned).toEqual([])
  })
})
