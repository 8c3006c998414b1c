import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type ProcessName =
  | 'sender-process'
  | 'subject-process'
  | 'format-process'
  | 'book-process'
  | 'book-memory-process'
  | 'slice-process'
  | 'venue-process'
  | 'recovery-process'
  | 'redundancy-process'
  | 'tape-process'
  | 'encoding-process'
  | 'relay-publisher-process'
  | 'relay-consumer-process'
  | 'relay-member-process'

/** Whose code the processes of a measurement run: that of this checkout or of another, with the packages that are beside it there. */
export interface Build {
  /** Where the entries of the processes are. */
  readonly folder: URL
  readonly extension: '.js' | '.ts'
}

/** This checkout: built, each process is an entry beside this file; from source, it is TypeScript beside it. */
export const thisBuild: Build = {
  folder: new URL('./', import.meta.url),
  extension: extname(import.meta.url) as Build['extension'],
}

/** Another checkout of the repository. Throws a `TypeError` where it is none, or is not built. */
export function buildIn(checkout: string): Build {
  const build: Build = { folder: pathToFileURL(`${resolve(checkout, 'benchmarks/dist')}/`), extension: '.js' }
  if (existsSync(entryOf('subject-process', build).path)) return build
  throw new TypeError(
    `There are no built benchmarks in ${resolve(checkout)}; there, \`npx turbo run build\` makes them.`,
  )
}

/** The file of a process, and what Node needs to run it: for TypeScript a loader. */
export function entryOf(
  name: ProcessName,
  { folder, extension }: Build,
): { readonly path: string; readonly flags: readonly string[] } {
  const path = fileURLToPath(new URL(`${name}${extension}`, folder))
  if (extension === '.js') return { path, flags: [] }
  const loader = createRequire(import.meta.url).resolve('tsx')
  return { path, flags: ['--import', pathToFileURL(loader).href] }
}
