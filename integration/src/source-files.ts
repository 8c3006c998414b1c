import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** One source file; `path` is relative to the workspace root, with forward slashes. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Where a file lives: `packages/<packageFolder>/src/<inside>`. */
export interface Place {
  readonly packageFolder: string
  /** Path below `src`: `errors/redact.ts`. */
  readonly inside: string
  /** The first folder below `src`, or the file's own name when it lies at the top. */
  readonly room: string
  readonly isTest: boolean
}

/** Reads every TypeScript source below `packages/*\/src`. */
export function readSources(root: string): readonly SourceFile[] {
  return readdirSync(join(root, 'packages'))
    .map((name) => join('packages', name, 'src'))
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }))
}

/** Null for a path outside `packages/*\/src`. */
export function placeOf(path: string): Place | null {
  const match = /^packages\/([^/]+)\/src\/(.+)$/.exec(path)
  if (!match) return null
  const [, packageFolder = '', inside = ''] = match
  const [room = ''] = inside.split('/')
  return { packageFolder, inside, room: room.replace(/\.tsx?$/, ''), isTest: /\.test\.tsx?$/.test(inside) }
}
