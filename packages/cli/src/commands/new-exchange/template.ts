import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFile } from '../../package-file.js'
import type { ExchangeName } from './exchange-name.js'

/** What an adapter is generated for. */
export interface Variant {
  /** Whether pushes are protobuf messages, and not JSON. */
  readonly isProtobuf: boolean
  /** Whether it has an account. */
  readonly isPrivate: boolean
}

/** A file of the package that is to be: its path in it, with slashes, and what is in it. */
export interface GeneratedFile {
  readonly path: string
  readonly content: string
}

/**
 * The files of an adapter package. The templates are such a package, of an exchange named Newex, with everything that any variant has: lines between `// #private`
 * and `// #end` are of adapters with an account, those behind `// #public` of adapters without; `templates/protobuf` has the files that are others there.
 */
export async function renderTemplate(name: ExchangeName, variant: Variant): Promise<readonly GeneratedFile[]> {
  const templates = new Map(await readFolder('templates/exchange/'))
  if (variant.isProtobuf) {
    for (const [path, content] of await readFolder('templates/protobuf/')) templates.set(path, content)
  }
  return [...templates]
    .map(([path, content]) => ({
      path: ownNames.get(path) ?? path,
      content: withVersions(withName(withoutMarks(content, variant.isPrivate), name)),
    }))
    .filter(({ content }) => content.trim() !== '')
    .sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** Files that have another name in this package: npm leaves a `.gitignore` out, and what it hides, and a second manifest means something to tools. */
const ownNames: ReadonlyMap<string, string> = new Map([
  ['gitignore', '.gitignore'],
  ['manifest.json', 'package.json'],
])

async function readFolder(path: string): Promise<readonly (readonly [path: string, content: string])[]> {
  const folder = fileURLToPath(packageFile(path))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name)
        return [relative(folder, file).replaceAll('\\', '/'), await readFile(file, 'utf8')] as const
      }),
  )
}

const mark = /^\s*(?:\/\/|<!--) #(private|public|end)(?: -->)?$/

/** Without the marks, and the lines that are not of this variant. */
function withoutMarks(content: string, isPrivate: boolean): string {
  let isKept = true
  return content
    .split('\n')
    .filter((line) => {
      const [, kind] = mark.exec(line) ?? []
      if (kind !== undefined) isKept = kind === 'end' || (kind === 'private') === isPrivate
      return kind === undefined && isKept
    })
    .join('\n')
}

const require = createRequire(import.meta.url)

/** The packages that it is written for are those that the command itself uses: templates have a star for their versions. */
function withVersions(content: string): string {
  return content.replace(/"(@tapewire\/(?:core|testkit))": "\*"/g, (_text, name: string) => {
    const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as { version: string }
    return `"${name}": "^${version}"`
  })
}

function withName(content: string, { lower, title }: ExchangeName): string {
  return content.replaceAll('newex', lower).replaceAll('Newex', title)
}
