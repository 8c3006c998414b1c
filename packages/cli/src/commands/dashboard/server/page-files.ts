import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CliError } from '../../../cli-error.js'
import { packageFile } from '../../../package-file.js'

export interface PageFile {
  readonly type: string
  readonly content: Buffer
}

/** By the path a browser asks for: nothing else can be asked for, however it is spelled. */
export type PageFiles = ReadonlyMap<string, PageFile>

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Where the build puts the page. */
export const builtPage: string = fileURLToPath(packageFile('dist/page'))

/** Reads the page once: what is served does not change while the command runs. Throws `ERR_PAGE_NOT_BUILT`. */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>()
  for (const path of pathsIn(folder)) {
    const type = contentTypes[extname(path)]
    if (type === undefined) continue
    const name = `/${relative(folder, path).split(sep).join('/')}`
    files.set(name, { type, content: readFileSync(path) })
  }
  const index = files.get('/index.html')
  if (index === undefined) throw notBuilt(folder)
  return files.set('/', index)
}

function pathsIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch {
    throw notBuilt(folder)
  }
}

function notBuilt(folder: string): CliError {
  return new CliError(
    'ERR_PAGE_NOT_BUILT',
    `There is no page in ${folder}.`,
    'It comes with the published package; in the repository npm run build makes it.',
  )
}
